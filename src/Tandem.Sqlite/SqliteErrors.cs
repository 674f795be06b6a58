using Microsoft.Data.Sqlite;
using Tandem.Records;
using Tandem.Relational.Introspection;
using Tandem.Relational.Sql;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Sqlite;

/// <summary>Turns what SQLite refuses into errors that name the field and the remedy.</summary>
internal static class SqliteErrors
{
    private const int Constraint = 19;
    private const int Check = 275;
    private const int ForeignKey = 787;
    private const int NotNull = 1299;
    private const int PrimaryKey = 1555;
    private const int Trigger = 1811;
    private const int Unique = 2067;
    private const int RowId = 2579;
    private const int DataType = 3091;

    public static bool IsRefusal(SqliteException e) => e.SqliteErrorCode == Constraint || e.SqliteErrorCode is 20 or 18;

    public static bool IsSchemaChange(SqliteException e) =>
        e.SqliteErrorCode == 1 && (e.Message.Contains("no such column", StringComparison.Ordinal) || e.Message.Contains("no such table", StringComparison.Ordinal)
            || e.Message.Contains("has no column named", StringComparison.Ordinal));

    public static WriteResult.Rejected Explain(SqliteException e, SqliteConnection connection, TableMap table, Write write)
    {
        var schema = table.Schema;
        var detail = Detail(e.Message);
        // ON DELETE RESTRICT is checked by a trigger of SQLite's own and comes with a trigger's code.
        var code = e.Message.Contains("FOREIGN KEY constraint failed", StringComparison.Ordinal) ? ForeignKey : e.SqliteExtendedErrorCode;
        switch (code)
        {
            case Unique or PrimaryKey or RowId:
                var fields = detail.Split(", ").Select(f => f[(f.LastIndexOf('.') + 1)..]).Where(f => schema.Find(f) is not null).ToList();
                var first = fields.FirstOrDefault() ?? schema.Key.FirstOrDefault() ?? "";
                var what = fields.Count > 1 ? string.Join(" and ", fields.Select(f => schema[f].Label)) + " together are" : (schema.Find(first)?.Label ?? "This value") + " is";
                return One(first, $"{what} already used by another record. Choose another value.");
            case NotNull:
                var name = detail[(detail.LastIndexOf('.') + 1)..];
                return One(schema.Find(name) is null ? "" : name, $"{schema.Find(name)?.Label ?? name} is required. Enter a value.");
            case Check:
                var checkedFields = CheckRules.FieldsOf(detail, schema).ToList();
                var set = write is Write.Update update ? update.Set : write is Write.Insert insert ? insert.Values : Patch.Empty;
                var field = checkedFields.Find(set.ContainsKey) ?? checkedFields.FirstOrDefault() ?? "";
                return One(field, $"{schema.Find(field)?.Label ?? "The record"} breaks the rule \u201c{detail}\u201d. Enter a value that keeps it.");
            case ForeignKey:
                return write is Write.Delete
                    ? One("", "Other records still refer to this one. Delete or change those first.")
                    : MissingTarget(connection, schema, write);
            case Trigger:
                return One("", Sentence(detail));
            case DataType:
                return One("", $"A value has the wrong type: {detail}.");
            default:
                return One("", "The database refuses these values. Check them and try again.");
        }
    }

    private static WriteResult.Rejected MissingTarget(SqliteConnection connection, TableSchema schema, Write write)
    {
        var set = write is Write.Update update ? update.Set : ((Write.Insert)write).Values;
        foreach (var reference in schema.References.Where(r => r.Fields.Any(set.ContainsKey)))
        {
            if (reference.Fields.Count == 1 && set[reference.Fields[0]] is { } value and not Blob)
            {
                using var command = connection.CreateCommand();
                command.CommandText = $"SELECT count(*) FROM {Dialect.Quote(reference.Target)} WHERE {Dialect.Quote(reference.TargetFields[0])} = @value";
                command.Parameters.AddWithValue("@value", value is long or double or string ? value : ValueText.Plain(value));
                if ((long)command.ExecuteScalar()! > 0)
                {
                    continue;
                }
            }

            var field = reference.Fields.First(set.ContainsKey);
            return One(field, $"{schema[field].Label} names no record of {reference.Target}. Choose one that exists.");
        }

        return One("", "A reference names a record that does not exist. Choose one that exists.");
    }

    private static WriteResult.Rejected One(string field, string message) => new([new FieldError(field, message)]);

    /// <summary>The part of <c>SQLite Error 19: 'CHECK constraint failed: price &gt;= 0'.</c> that says which.</summary>
    private static string Detail(string message)
    {
        var from = message.IndexOf('\'', StringComparison.Ordinal);
        var to = message.LastIndexOf('\'');
        var inner = from >= 0 && to > from ? message[(from + 1)..to] : message;
        var colon = inner.IndexOf("failed: ", StringComparison.Ordinal);
        return colon >= 0 ? inner[(colon + 8)..] : inner;
    }

    private static string Sentence(string text) => text.EndsWith('.') || text.EndsWith('!') ? text : text + ".";
}
