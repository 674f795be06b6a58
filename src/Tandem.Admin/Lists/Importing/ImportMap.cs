using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.Lists.Importing;

/// <summary>Where a column of a file goes.</summary>
/// <param name="Column">Its place in the file.</param>
/// <param name="Field">The field.</param>
/// <param name="IsName">Whether cells hold what the referred record is called, instead of its key.</param>
internal sealed record MappedColumn(int Column, Field Field, bool IsName);

/// <summary>How a file's lines become records. Immutable.</summary>
/// <param name="Columns">The columns that go anywhere.</param>
/// <param name="Match">The fields that tell which record a line is; empty when every line is a new record.</param>
/// <param name="IsClearing">Whether an empty cell clears the field, instead of leaving it.</param>
internal sealed record ImportMap(IReadOnlyList<MappedColumn> Columns, IReadOnlyList<string> Match, bool IsClearing)
{
    private const string ByName = "name:";

    public string MatchKey => Match.Count == 0 ? "none" : string.Join(',', Match.Select(Uri.EscapeDataString));

    /// <summary>Fields that a file may bring.</summary>
    public static IEnumerable<Field> Fields(TableSchema schema) =>
        schema.Fields.Where(f => !f.IsSecret && f.Type != FieldType.Bytes && (!f.IsReadOnly || schema.IsKeyField(f.Name)));

    /// <summary>Ways to tell which record a line is, as far as the columns allow.</summary>
    public static IEnumerable<IReadOnlyList<string>> Matches(TableSchema schema, IReadOnlyCollection<MappedColumn> columns)
    {
        IEnumerable<IReadOnlyList<string>> unique = [schema.Key, .. schema.Fields.Where(f => f.IsUnique && !schema.IsKeyField(f.Name)).Select(f => new[] { f.Name })];
        return unique.Where(u => u.Count > 0 && u.All(f => columns.Any(c => c.Field.Name == f)));
    }

    /// <summary>Reads what the person chose; what was not chosen is guessed by name.</summary>
    public static ImportMap Of(TableSchema schema, IReadOnlyList<string> header, Func<string, string?> chosen)
    {
        List<MappedColumn> columns = [];
        for (var i = 0; i < header.Count; i++)
        {
            var given = chosen($"m{i}");
            var column = given is null ? Guess(schema, header, i) : Read(schema, i, given);
            if (column is not null && !columns.Any(c => c.Field.Name == column.Field.Name))
            {
                columns.Add(column);
            }
        }

        var matches = Matches(schema, columns).ToList();
        var by = chosen("by");
        return new ImportMap(columns, by == "none" ? [] : matches.Find(m => string.Join(',', m.Select(Uri.EscapeDataString)) == by) ?? matches.FirstOrDefault() ?? [], chosen("empty") == "clear");
    }

    public static string KeyOf(MappedColumn? column) => column is null ? "" : (column.IsName ? ByName : "") + column.Field.Name;

    private static MappedColumn? Read(TableSchema schema, int column, string text)
    {
        var isName = text.StartsWith(ByName, StringComparison.Ordinal) && schema.Find(text) is null;
        return Fields(schema).FirstOrDefault(f => f.Name == (isName ? text[ByName.Length..] : text)) is { } field && (!isName || schema.ReferenceOf(field.Name) is not null)
            ? new MappedColumn(column, field, isName)
            : null;
    }

    private static MappedColumn? Guess(TableSchema schema, IReadOnlyList<string> header, int column)
    {
        var name = Plain(header[column]);
        var field = Fields(schema).FirstOrDefault(f => Plain(f.Name) == name || Plain(f.Label) == name || Plain(FieldLabels.Of(schema, f)) == name);
        if (field is not null)
        {
            return new MappedColumn(column, field, false);
        }

        // As exports have them: the key in one column, what it is called in the next. One of the two is enough.
        var referring = Fields(schema).FirstOrDefault(f => schema.ReferenceOf(f.Name) is not null && Plain(f.Name + "name") == name);
        return referring is null || header.Any(h => Plain(h) == Plain(referring.Name)) ? null : new MappedColumn(column, referring, true);
    }

    private static string Plain(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
