using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Access;

/// <summary>Checks a grant against the tables it is about before it is stored.</summary>
public static class GrantRules
{
    private const int LongestNote = 500;

    /// <summary>What is wrong with a grant, field by field of the grants table; nothing when it may be stored.</summary>
    /// <param name="database">The tables.</param>
    /// <param name="grant">The grant.</param>
    /// <param name="isKnown">Whether there is such a user or group.</param>
    public static IReadOnlyList<FieldError> Check(IDatabase database, Grant grant, Func<SubjectKind, string, bool> isKnown) =>
        [.. Subject(grant, isKnown), .. Actions(grant), .. Target(database, grant), .. grant.Note?.Length > LongestNote ? [new FieldError("note", $"The note has more than {LongestNote} characters. Shorten it.")] : Array.Empty<FieldError>()];

    /// <summary>A record's key, spelt as in addresses, as grants spell it; the text itself where it is no key.</summary>
    public static string KeyOf(TableSchema schema, string text) => RecordKey.TryParse(schema, text, out var key) ? GrantKeys.Of(schema, key) : text;

    private static IEnumerable<FieldError> Subject(Grant grant, Func<SubjectKind, string, bool> isKnown)
    {
        if (grant.SubjectKind == SubjectKind.Everyone)
        {
            return grant.Subject is null ? [] : [new FieldError("subject", "A grant for everyone names nobody. Leave the name empty.")];
        }

        var kind = GrantText.Of(grant.SubjectKind);
        return string.IsNullOrEmpty(grant.Subject) ? [new FieldError("subject", $"Name the {kind}.")]
            : isKnown(grant.SubjectKind, grant.Subject) ? []
            : [new FieldError("subject", $"There is no {kind} '{grant.Subject}'. Check the name.")];
    }

    private static IEnumerable<FieldError> Actions(Grant grant)
    {
        if (grant.Actions.Count == 0)
        {
            yield return new FieldError("actions", "Choose at least one action.");
        }

        if (grant.Actions.Contains(TableAction.Administer) && grant.Level != GrantLevel.Everything)
        {
            yield return new FieldError("actions", "Administering is about the application as a whole. Leave the table empty, or choose other actions.");
        }
    }

    private static IEnumerable<FieldError> Target(IDatabase database, Grant grant)
    {
        if (new object?[] { grant.Fields, grant.Filter, grant.Key }.Count(p => p is not null) > 1)
        {
            yield return new FieldError("table_name", "A grant is about a table, some of its fields, records by a filter, or one record. Fill in only one of those.");
            yield break;
        }

        if (grant.Table is not { } name)
        {
            if (grant.Level != GrantLevel.Everything)
            {
                yield return new FieldError("table_name", "Name the table.");
            }

            yield break;
        }

        if (database.Find(name)?.Schema is not { } schema)
        {
            yield return new FieldError("table_name", $"There is no table '{name}'. Choose one of the tables.");
            yield break;
        }

        if (schema.IsSystem && grant.IsAllow && grant.Actions.Any(a => !TableActions.IsLook(a)))
        {
            yield return new FieldError("actions", $"'{name}' is written by administrators alone. Allow view or list of it, and know that whoever sees Tandem's own tables sees what they keep of every table.");
        }

        if (grant.Fields is not null && grant.Actions.Any(a => !TableActions.IsLook(a) && a is not (TableAction.Add or TableAction.Change)))
        {
            yield return new FieldError("actions", "Fields are viewed, listed, added and changed; the other actions are about whole records. Leave the fields empty, or choose other actions.");
        }

        foreach (var field in grant.Fields ?? [])
        {
            if (schema.Find(field) is null or { IsSecret: true })
            {
                yield return new FieldError("fields", $"Table '{name}' has no field '{field}'. Use its fields' names.");
            }
            else if (schema.IsKeyField(field))
            {
                yield return new FieldError("fields", $"'{field}' names the record and is always shown with it. Leave it out.");
            }
        }

        if (string.IsNullOrWhiteSpace(grant.Filter) && grant.Filter is not null)
        {
            yield return new FieldError("filter", "Write a filter, or leave it out for the whole table.");
        }

        if (grant.Filter is { } filter && GrantFilter.Fault(schema, filter) is { } fault)
        {
            yield return new FieldError("filter", fault);
        }

        if (grant.Key is { } key && (schema.IsKeyless || !RecordKey.TryParse(schema, GrantKeys.Address(schema, key), out var parsed) || schema.Key.Where((f, i) => !Values.Fits(schema[f], parsed.Values[i])).Any()))
        {
            yield return new FieldError("record_key", $"'{key}' is no key of '{name}'. Copy it from the record's address.");
        }
    }
}
