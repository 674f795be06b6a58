using Tandem.Records;

namespace Tandem.Schema;

/// <summary>
/// A rule of a table in code. It cleans a value before it is stored, or judges the whole record as it would be stored, inside the write's own
/// transaction. Immutable; what it calls must be quick, pure and safe from any thread.
/// </summary>
public sealed class RecordRule
{
    private readonly Func<Record, IEnumerable<FieldError>>? _check;
    private readonly (string Field, Func<object?, object?> Clean)? _cleaning;
    private string? _when;
    private Func<Patch, Patch>? _complete;

    private RecordRule(Func<Record, IEnumerable<FieldError>>? check, (string, Func<object?, object?>)? cleaning) => (_check, _cleaning) = (check, cleaning);

    /// <summary>A rule that says what is wrong with a record as it would be stored; nothing where it may be. Deletions are not judged.</summary>
    public static RecordRule Check(Func<Record, IEnumerable<FieldError>> check) => new(check, null);

    /// <summary>A rule that puts a field's value into the form it is stored in: trimmed, in small letters, without spaces.</summary>
    /// <param name="field">The field.</param>
    /// <param name="clean">Gives the value to store; null stands for no value.</param>
    public static RecordRule Clean(string field, Func<object?, object?> clean) => new(null, (field, clean));

    /// <summary>A rule that says what is wrong with a field's value; null where it may be. It judges only writes that set the field: what was stored before stands in no other's way.</summary>
    internal static RecordRule CheckField(string field, Func<object?, string?> check) =>
        new(record => check(record[field]) is { } fault ? [new FieldError(field, fault)] : [], null) { _when = field };

    /// <summary>A rule that adds to a new record's values what follows from them.</summary>
    internal static RecordRule Complete(Func<Patch, Patch> complete) => new(null, null) { _complete = complete };

    /// <summary>What stands against a record.</summary>
    /// <param name="schema">The table.</param>
    /// <param name="stored">The record as it would be stored.</param>
    /// <param name="set">What the write sets.</param>
    internal static IReadOnlyList<FieldError> Errors(TableSchema schema, Record stored, Patch set) =>
        [.. schema.RecordRules.Where(r => r._check is not null && (r._when is null || set.ContainsKey(r._when))).SelectMany(r => r._check!(stored))];

    /// <summary>A new record's values with what follows from them.</summary>
    internal static Patch Completed(TableSchema schema, Patch values) =>
        schema.RecordRules.Where(r => r._complete is not null).Aggregate(values, (v, r) => r._complete!(v));

    /// <summary>Values in the form they are stored in.</summary>
    internal static Patch Cleaned(TableSchema schema, Patch values)
    {
        foreach (var rule in schema.RecordRules)
        {
            if (rule._cleaning is var (field, clean) && values.TryGetValue(field, out var value) && value is not TemporaryKey
                && clean(value) is var better && !Values.Same(schema[field], value, better))
            {
                values = values.With(field, better);
            }
        }

        return values;
    }
}
