using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Editing;

/// <summary>The fields of a record under edit: <see cref="FieldEdit"/> for each, who stored theirs, and what the fields' policies make of it. For one thread at a time.</summary>
internal sealed class Draft
{
    private readonly TableSchema _schema;
    private readonly FieldEdit[] _fields;
    private readonly FieldPolicy[] _policies;
    private readonly (string By, DateTimeOffset At)?[] _sources;

    // Fields whose record changed otherwise, under a version guard: the person looks at them before they are saved.
    private readonly HashSet<string> _questioned = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A policy names a field that is not there.</exception>
    public Draft(TableSchema schema, Func<Field, object?> start, IReadOnlyDictionary<string, FieldPolicy> policies)
    {
        if (policies.Keys.FirstOrDefault(f => schema.Ordinal(f) < 0) is { } unknown)
        {
            throw new ArgumentException($"A policy names field '{unknown}', which table '{schema.Name}' does not have.", nameof(policies));
        }

        _schema = schema;
        _fields = [.. schema.Fields.Select(f => FieldEdit.Start(start(f)))];
        _policies = [.. schema.Fields.Select(f => policies.GetValueOrDefault(f.Name, FieldPolicy.Ask))];
        _sources = new (string, DateTimeOffset)?[_fields.Length];
    }

    public IReadOnlyList<object?> Values => [.. _fields.Select(f => f.Value)];

    public IReadOnlyList<string> Modified => [.. Names((edit, f) => edit.IsModified(f))];

    public IReadOnlyList<string> Touched => [.. Names((edit, _) => edit.IsTouched)];

    public bool IsTouched => _fields.Any(f => f.IsTouched);

    /// <summary>Whether a sent value that the source holds already must not count as stored.</summary>
    public bool CountsBothSides => _fields.Zip(_policies).Any(f => f.First.IsTouched && f.Second.CountsBothSides);

    /// <summary>The fields in which one's own write must not be taken for another's.</summary>
    public IReadOnlyCollection<string> Counters => [.. Names((_, f) => _policies[_schema.Ordinal(f.Name)].CountsBothSides)];

    public IReadOnlyList<Conflict> Conflicts => [.. Names((edit, f) => edit.IsConflict(f) || _questioned.Contains(f.Name)).Select(ConflictOf)];

    public object? Value(string field) => _fields[Ordinal(field)].Value;

    public void Set(string field, object? value) => Change(field, (edit, f) => edit.Set(f, value));

    public void Resolve(string field, Resolution resolution)
    {
        Change(field, (edit, f) => edit.Resolve(f, resolution));
        _questioned.Remove(field);
    }

    /// <summary>The source holds other values now.</summary>
    public void Follow(IEnumerable<KeyValuePair<string, object?>> theirs, (string By, DateTimeOffset At)? source)
    {
        foreach (var (name, value) in theirs)
        {
            if (_schema.Ordinal(name) is not (var ordinal and >= 0))
            {
                continue;
            }

            if (source is not null || !Records.Values.Same(_schema.Fields[ordinal], _fields[ordinal].Theirs, value))
            {
                _sources[ordinal] = source;
            }

            _fields[ordinal] = _fields[ordinal].Follow(_schema.Fields[ordinal], value, _policies[ordinal]);
            if (!_fields[ordinal].IsTouched)
            {
                _questioned.Remove(name);
            }
        }
    }

    /// <summary>Tells who stored theirs, where that became known later.</summary>
    public void Explain(IEnumerable<Conflict> conflicts)
    {
        foreach (var conflict in conflicts)
        {
            if (conflict is { By: { } by, At: { } at })
            {
                _sources[Ordinal(conflict.Field)] = (by, at);
            }
        }
    }

    /// <summary>The record changed, though no field that was touched did: these fields wait for the person's word.</summary>
    /// <returns>Whether there is one to be asked about.</returns>
    public bool Question(IEnumerable<string> fields)
    {
        _questioned.UnionWith(fields.Where(f => Ordinal(f) is var i && _fields[i].IsTouched && _policies[i] == FieldPolicy.Ask));
        return _questioned.Count > 0;
    }

    /// <summary>What a save sends, and the values it is based on.</summary>
    /// <param name="whole">Whether every touched field goes, as into a record that is not stored yet.</param>
    public (Patch Set, Patch Basis) ToSend(bool whole)
    {
        string[] sent = [.. Names((edit, field) => whole ? edit.IsTouched : edit.IsModified(field))];
        return (Chosen(sent, e => e.Mine), Chosen(sent, e => e.Base));
    }

    /// <summary>A save succeeded: what was sent is settled; what was typed meanwhile stays.</summary>
    /// <param name="stored">Fields as they are stored.</param>
    /// <param name="sent">What was sent.</param>
    /// <param name="made">What the save itself stored, where others may have written since: what was typed meanwhile stands on that. Null where it is what is stored.</param>
    /// <param name="unsure">Whether an earlier attempt of the same save may be what is stored: then what differs is still to be saved.</param>
    public void Stored(Patch stored, Patch sent, Patch? made, bool unsure)
    {
        foreach (var (name, value) in stored)
        {
            if (_schema.Ordinal(name) is not (var i and >= 0))
            {
                continue;
            }

            var (field, edit) = (_schema.Fields[i], _fields[i]);
            // What the person sees is theirs to keep, also where they typed back what was stored before.
            _fields[i] = !sent.TryGetValue(name, out var was) ? edit.Follow(field, value, _policies[i])
                : !unsure && Records.Values.Same(field, edit.Value, was) ? FieldEdit.Start(value)
                : FieldEdit.Start(made is not null && made.TryGetValue(name, out var own) ? own : value).Set(field, edit.Value).Follow(field, value, _policies[i]);
        }

        _questioned.Clear();
    }

    private IEnumerable<string> Names(Func<FieldEdit, Field, bool> chosen)
    {
        for (var i = 0; i < _fields.Length; i++)
        {
            if (chosen(_fields[i], _schema.Fields[i]))
            {
                yield return _schema.Fields[i].Name;
            }
        }
    }

    private Conflict ConflictOf(string name)
    {
        var i = Ordinal(name);
        return new Conflict(name, _fields[i].Base, _fields[i].Mine, _fields[i].Theirs, _sources[i]?.By, _sources[i]?.At);
    }

    private Patch Chosen(string[] fields, Func<FieldEdit, object?> value) => new(fields.Select(f => KeyValuePair.Create(f, value(_fields[Ordinal(f)]))));

    private void Change(string name, Func<FieldEdit, Field, FieldEdit> change)
    {
        var i = Ordinal(name);
        _fields[i] = change(_fields[i], _schema.Fields[i]);
        if (!_fields[i].IsTouched)
        {
            _questioned.Remove(name);
        }
    }

    /// <exception cref="KeyNotFoundException">The table has no such field.</exception>
    private int Ordinal(string field)
    {
        _ = _schema[field];
        return _schema.Ordinal(field);
    }
}
