using Tandem.Access;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Forms;
using Tandem.Web.Live.Leases;

namespace Tandem.Admin.Lists.Importing;

/// <summary>A line and the write it asks for; neither a write nor a reason where the record has it all already.</summary>
internal sealed record PlannedLine(CsvLine Line, Write? Write, Record? Current, string? Why);

/// <summary>Turns lines into guarded writes: finds the records they are about, reads their cells, asks what the person may.</summary>
internal sealed class ImportPlanner(PermittedDatabase database, FieldLeases leases, PermittedTable table, ImportMap map, WriteContext by)
{
    private const int MostCalled = 20;

    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly AccessDecision _add = table.DecisionOf(TableAction.Add);
    private readonly AccessDecision _change = table.DecisionOf(TableAction.Change);

    private TableSchema Schema => table.Schema;

    public async Task<IReadOnlyList<PlannedLine>> PlanAsync(IReadOnlyList<CsvLine> lines, CancellationToken cancellationToken)
    {
        var names = await NamesAsync(lines, cancellationToken);
        var read = lines.Select(l => (Line: l, Read: Read(l, names))).ToList();
        var records = await FindAsync([.. read.Where(r => r.Read.Why is null).Select(r => r.Read.Values)], cancellationToken);
        List<PlannedLine> planned = [.. read.Select(r => r.Read.Why is { } why ? new PlannedLine(r.Line, null, null, why) : Plan(r.Line, r.Read.Values, records))];
        for (var i = 0; i < planned.Count; i++)
        {
            // Fields that somebody else is in and may be in alone stay theirs.
            if (planned[i].Write is Write.Update update && await leases.FindObstacleAsync(database.User.Name, table, update.Key, update.Set.Keys, cancellationToken) is { } obstacle)
            {
                planned[i] = planned[i] with { Write = null, Why = obstacle.Message };
            }
        }

        return planned;
    }

    private PlannedLine Plan(CsvLine line, Patch values, Dictionary<string, Record> records)
    {
        if (map.Match.Count > 0)
        {
            var identity = Identity(f => values.GetValueOrDefault(f));
            if (!_seen.TryAdd(identity, line.Number))
            {
                return new PlannedLine(line, null, null, $"Line {_seen[identity]} is about the same record. Leave one of them out.");
            }

            if (records.TryGetValue(identity, out var current))
            {
                return Update(line, values, current);
            }
        }

        if (!_add.IsAllowed)
        {
            return new PlannedLine(line, null, null, _add.Reason);
        }

        var given = values.Without([.. table.AddingSchema.Fields.Where(f => f.IsReadOnly && values.ContainsKey(f.Name)).Select(f => f.Name)]);
        return new PlannedLine(line, new Write.Insert(given, by), null, null);
    }

    private PlannedLine Update(CsvLine line, Patch values, Record current)
    {
        string[] changed = [.. values.Where(v => !Schema.IsKeyField(v.Key) && !Schema[v.Key].IsReadOnly && !Values.Same(Schema[v.Key], v.Value, current[v.Key])).Select(v => v.Key)];
        if (changed.Length == 0)
        {
            return new PlannedLine(line, null, current, null);
        }

        if (!_change.Allows(current))
        {
            return new PlannedLine(line, null, current, _change.IsAllowed ? "You may not change this record. Ask an administrator." : _change.Reason);
        }

        var basis = changed.Aggregate(Patch.Empty, (all, f) => all.With(f, current[f]));
        return new PlannedLine(line, new Write.Update(current.Key, values.Only(changed), new Guard(basis), by), current, null);
    }

    private (Patch Values, string? Why) Read(CsvLine line, Dictionary<(string Field, string Name), object?> names)
    {
        var values = Patch.Empty;
        if (line.Why is not null)
        {
            return (values, line.Why);
        }

        foreach (var column in map.Columns)
        {
            var (field, label) = (column.Field, FieldLabels.Of(Schema, column.Field));
            var text = column.Column < line.Cells.Length ? line.Cells[column.Column] : "";
            if (text.Length == 0)
            {
                if (map.Match.Contains(field.Name) && !field.IsIdentity)
                {
                    return (values, $"{label} is empty, but tells which record the line is about. Fill it in.");
                }

                values = map.IsClearing && !map.Match.Contains(field.Name) ? values.With(field.Name, field is { Type: FieldType.Text, IsNullable: false } ? "" : null) : values;
                continue;
            }

            if (text is ['\'', '=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..])
            {
                // The mark by which an exported file keeps spreadsheets from running a text.
                text = text[1..];
            }

            if (text.Any(c => c is >= '\u0080' and <= '\u009F'))
            {
                return (values, $"{label}: “{Words.Cut(text, 60)}” has control characters, as a file has that is read with the wrong letters. Choose other letters above.");
            }

            if (column.IsName)
            {
                if (!names.TryGetValue((field.Name, text), out var key))
                {
                    return (values, $"{label}: no record, or no single one, is called “{text}”. Use its key.");
                }

                values = values.With(field.Name, key);
            }
            else if (ValueText.TryParse(field, text, out var value, out var error))
            {
                values = values.With(field.Name, value);
            }
            else
            {
                return (values, $"{label}: “{text}” does not fit. {error}");
            }
        }

        return (values, null);
    }

    /// <summary>The keys of referred records by what they are called, as far as one alone is called so.</summary>
    private async Task<Dictionary<(string Field, string Name), object?>> NamesAsync(IReadOnlyList<CsvLine> lines, CancellationToken cancellationToken)
    {
        Dictionary<(string, string), object?> names = [];
        foreach (var column in map.Columns.Where(c => c.IsName))
        {
            var reference = Schema.ReferenceOf(column.Field.Name)!;
            if (database.Look(reference.Target) is not { Schema.LabelFields: [var label] } target || target.Schema.Find(reference.TargetFields[0]) is null)
            {
                continue;
            }

            object?[] wanted = [.. lines.Where(l => column.Column < l.Cells.Length && l.Cells[column.Column].Length > 0).Select(l => l.Cells[column.Column]).Distinct()];
            foreach (var single in (await CalledAsync(target, label, wanted)).GroupBy(r => r[label] as string ?? "").Where(g => g.Count() == 1))
            {
                names[(column.Field.Name, single.Key)] = single.First()[reference.TargetFields[0]];
            }

            async Task<IReadOnlyList<Record>> CalledAsync(ITable target, string label, object?[] some)
            {
                var most = Math.Max(2 * some.Length, MostCalled);
                var found = (await target.QueryAsync(
                    new Query { Filter = new Filter.In(label, some), First = most + 1, Fields = [label, reference.TargetFields[0]] }, cancellationToken)).Records;
                if (found.Count <= most || some.Length == 1)
                {
                    return found.Count <= most ? found : [];
                }

                // So many are called so that the answer was cut, and whoever seems alone in it may not be: half of the names at a time.
                var half = some.Length / 2;
                return [.. await CalledAsync(target, label, some[..half]), .. await CalledAsync(target, label, some[half..])];
            }
        }

        return names;
    }

    /// <summary>The records that lines are about, as far as the person may see them.</summary>
    private async Task<Dictionary<string, Record>> FindAsync(IReadOnlyList<Patch> lines, CancellationToken cancellationToken)
    {
        Dictionary<string, Record> found = [];
        var known = lines.Where(l => map.Match.All(f => l.GetValueOrDefault(f) is not null)).ToList();
        if (map.Match.Count == 0 || known.Count == 0)
        {
            return found;
        }

        var records = map.Match.SequenceEqual(Schema.Key)
            ? await table.GetManyAsync([.. known.Select(l => new RecordKey([.. Schema.Key.Select(k => l[k])])).Distinct()], null, cancellationToken)
            : (await table.QueryAsync(new Query { Filter = new Filter.In(map.Match[0], [.. known.Select(l => l[map.Match[0]])]), First = known.Count + 1 }, cancellationToken)).Records;
        foreach (var record in records)
        {
            found[Identity(f => record[f])] = record;
        }

        return found;
    }

    private string Identity(Func<string, object?> value) => string.Join('\u001F', map.Match.Select(f => value(f) is { } given ? ValueText.Plain(given) : Guid.CreateVersion7().ToString()));
}
