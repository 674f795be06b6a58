using Npgsql;
using Tandem.Records;
using Tandem.Relational.Introspection;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <summary>Turns what PostgreSQL refuses into errors that name the field and the remedy.</summary>
internal static class PgErrors
{
    public static bool IsRefusal(PostgresException e) => e.SqlState[..2] is "22" or "23" or "44" || e.SqlState is "P0001" or "42501" or "55000" or "428C9";

    public static bool IsSchemaChange(PostgresException e) => e.SqlState is "42703" or "42P01" or "0A000" or "42804" or "42883" or "3F000";

    /// <summary>Whether a value cannot be read as the type it is compared with.</summary>
    public static bool IsUnreadable(PostgresException e) => e.SqlState[..2] is "22" or "23";

    /// <summary>Whether the same write may succeed when tried again: deadlock, serialization failure.</summary>
    public static bool IsTransient(PostgresException e) => e.SqlState is "40001" or "40P01";

    public static bool IsUnavailable(NpgsqlException e) => e is not PostgresException postgres || postgres.SqlState[..2] is "08" or "57" or "53";

    public static DatabaseUnavailableException Unavailable(Exception e) => new("The database does not answer. Try again in a moment.", e);

    /// <summary>Why a database could not be opened, for the person who named it.</summary>
    public static string WhyClosed(Exception cause, NpgsqlConnectionStringBuilder address)
    {
        var where = $"{address.Host}:{address.Port}";
        return cause switch
        {
            PostgresException { SqlState: "28P01" or "28000" } => WrongUser(),
            PostgresException { SqlState: "3D000" } => $"The server at {where} has no database '{address.Database}'. Check the name.",
            PostgresException { SqlState: "42501" } => $"User '{address.Username}' may not create schema 'tandem' in '{address.Database}'. Grant CREATE on the database, or use --read-only.",
            PostgresException refused => $"The server at {where} refuses: {refused.MessageText}.",
            // The server asked for a password and the driver had none to give.
            NpgsqlException { InnerException: null } when address.Password is null && cause.Message.StartsWith("No password", StringComparison.Ordinal) => WrongUser(),
            _ => $"Cannot connect to PostgreSQL at {where}. Check that the server runs and the address is right.",
        };

        string WrongUser() => $"The server at {where} refuses user '{address.Username}': wrong user or password. Check both.";
    }

    public static WriteResult.Rejected Explain(PostgresException e, PgTableMap table, Write write)
    {
        var schema = table.Schema;
        IReadOnlyList<string> constrained = e.ConstraintName is { } name && table.Constraints.TryGetValue(name, out var fields) ? fields : [];
        var set = write is Write.Update update ? update.Set : write is Write.Insert insert ? insert.Values : Patch.Empty;
        var field = constrained.FirstOrDefault(set.ContainsKey) ?? constrained.FirstOrDefault() ?? e.ColumnName ?? OfDomain(schema, set, e.DataTypeName) ?? "";
        var label = schema.Find(field)?.Label ?? field;
        switch (e.SqlState)
        {
            case PostgresErrorCodes.UniqueViolation:
                var what = constrained.Count > 1 ? string.Join(" and ", constrained.Select(f => schema[f].Label)) + " together are" : (label.Length > 0 ? label : "This value") + " is";
                return One(field, $"{what} already used by another record. Choose another value.");
            case PostgresErrorCodes.NotNullViolation:
                return One(field, $"{label} is required. Enter a value.");
            case PostgresErrorCodes.CheckViolation:
                return One(field, $"{(label.Length > 0 ? label : "The record")} breaks the rule \u201c{e.ConstraintName}\u201d. Enter a value that keeps it.");
            case PostgresErrorCodes.ForeignKeyViolation when write is Write.Delete || e.TableName != table.RelationName || e.SchemaName != table.SchemaName:
                return One("", $"Records of {e.TableName} still refer to this one. Delete or change those first.");
            case PostgresErrorCodes.ForeignKeyViolation:
                return One(field, $"{(label.Length > 0 ? label : "A reference")} names no record that exists. Choose one that does.");
            case PostgresErrorCodes.ExclusionViolation:
                return One(field, $"{label} overlaps with another record. Choose another value.");
            case PostgresErrorCodes.RaiseException:
                return One(field, e.MessageText.EndsWith('.') ? e.MessageText : e.MessageText + ".");
            case PostgresErrorCodes.InsufficientPrivilege:
                return One("", $"The database user may not do this to {schema.Label}. Grant it the right to.");
            case PostgresErrorCodes.StringDataRightTruncation:
                return One(Guess(schema, set, f => f.MaxLength is not null), "A text is longer than its field allows. Shorten it.");
            case PostgresErrorCodes.NumericValueOutOfRange:
                return One(Guess(schema, set, f => f.Type is FieldType.Integer or FieldType.Decimal or FieldType.Float), "A number is larger than its field allows. Enter a smaller one.");
            default:
                return One(
                    Quoted(schema, set, e.MessageText) ?? Guess(schema, set, f => f.Type is FieldType.Other or FieldType.Json or FieldType.Array || f.Choices is not null || !Values.Fits(f, set[f.Name])),
                    "The database cannot read this value. Write it as the database does.");
        }
    }

    /// <summary>A broken rule of a domain is told with the domain's name; the column is found where just one of those sent has that type.</summary>
    private static string? OfDomain(TableSchema schema, Patch set, string? domain) =>
        domain is not null && set.Keys.Where(k => schema.Find(k)?.NativeType is { } type && type[(type.LastIndexOf('.') + 1)..].Trim('"') == domain).ToList() is [var only] ? only : null;

    /// <summary>The message on a malformed value ends with the value in quotes; its field is known where just one was sent that value.</summary>
    private static string? Quoted(TableSchema schema, Patch set, string message) =>
        set.Where(s => s.Value is string text && schema.Find(s.Key) is not null && message.EndsWith($": \"{text}\"", StringComparison.Ordinal)).Select(s => s.Key).ToList() is [var only] ? only : null;

    /// <summary>PostgreSQL does not name the column of a malformed value; it is told only where just one can be meant.</summary>
    private static string Guess(TableSchema schema, Patch set, Func<Field, bool> maybe)
    {
        var fields = set.Keys.Where(k => schema.Find(k) is { } field && maybe(field)).ToList();
        return fields.Count == 1 || set.Count == 1 ? fields.FirstOrDefault() ?? set.Keys.First() : "";
    }

    private static WriteResult.Rejected One(string field, string message) => new([new FieldError(field, message)]);
}
