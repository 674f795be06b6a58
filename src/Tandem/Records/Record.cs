using Tandem.Schema;

namespace Tandem.Records;

/// <summary>An immutable row: a schema and its values. Safe to share between threads.</summary>
public sealed class Record
{
    private readonly object?[] _values;
    private RecordKey? _key;

    /// <summary>Takes ownership of <paramref name="values"/>, which must not be changed afterwards.</summary>
    /// <exception cref="ArgumentException">There are more or fewer values than fields.</exception>
    public Record(TableSchema schema, object?[] values)
    {
        if (values.Length != schema.Fields.Count)
        {
            throw new ArgumentException($"Table '{schema.Name}' has {schema.Fields.Count} fields, but {values.Length} values came.", nameof(values));
        }

        Schema = schema;
        _values = values;
    }

    public TableSchema Schema { get; }

    /// <summary>
    /// A token that is another one after every write to the record: the declared version field's value, or the source's own
    /// (<c>xmin</c>) where it was asked to give it. Null when there is none, and in copies that were kept up by changes.
    /// </summary>
    public string? Version
    {
        get => field ?? (Schema.VersionField is { } name && Schema.Ordinal(name) is var ordinal and >= 0 ? ValueText.Plain(_values[ordinal]) : null);
        init;
    }

    /// <summary>The record that this one shows a part of, for decisions that go by what is not shown; itself where nothing is left out.</summary>
    internal Record Whole { get => field ?? this; init; }

    /// <summary>The values in the order of the schema's fields.</summary>
    public ReadOnlySpan<object?> Values => _values;

    /// <summary>The record's key; for a table without a key, a key of no values.</summary>
    public RecordKey Key => _key ??= MakeKey();

    /// <summary>The value of a field.</summary>
    /// <exception cref="KeyNotFoundException">The schema has no such field.</exception>
    public object? this[string field] => Schema.Ordinal(field) is var ordinal and >= 0
        ? _values[ordinal]
        : throw new KeyNotFoundException($"Table '{Schema.Name}' has no field '{field}' here.");

    /// <summary>The value at a position.</summary>
    public object? this[int ordinal] => _values[ordinal];

    /// <summary>The same record with the patch's fields replaced; fields this record does not carry are passed over.</summary>
    public Record With(Patch patch)
    {
        var values = (object?[])_values.Clone();
        foreach (var (field, value) in patch)
        {
            if (Schema.Ordinal(field) is var ordinal and >= 0)
            {
                values[ordinal] = value;
            }
        }

        return new Record(Schema, values);
    }

    /// <summary>The same record seen through a schema of some of its fields.</summary>
    /// <exception cref="KeyNotFoundException">The schema has a field that the record does not carry.</exception>
    internal Record Project(TableSchema schema) => ReferenceEquals(Schema, schema) || Schema.Fields.Count == schema.Fields.Count
        ? this
        : new Record(schema, [.. schema.Fields.Select(f => this[f.Name])]);

    /// <summary>Every field and its value.</summary>
    public Patch ToPatch() => new(Schema.Fields.Select((f, i) => KeyValuePair.Create(f.Name, _values[i])));

    /// <summary>The fields in which <paramref name="other"/> differs, with the other's values.</summary>
    public Patch DifferencesTo(Record other)
    {
        List<KeyValuePair<string, object?>> different = [];
        for (var i = 0; i < _values.Length; i++)
        {
            var field = Schema.Fields[i];
            if (other.Schema.Ordinal(field.Name) is var ordinal and >= 0 && !Records.Values.Same(field, _values[i], other._values[ordinal]))
            {
                different.Add(new(field.Name, other._values[ordinal]));
            }
        }

        return new Patch(different);
    }

    public override string ToString() => $"{Schema.Name} {Key}";

    private RecordKey MakeKey()
    {
        var ordinals = Schema.KeyOrdinals;
        if (ordinals.Length == 1)
        {
            return RecordKey.Of(_values[ordinals[0]]);
        }

        var values = new object?[ordinals.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _values[ordinals[i]];
        }

        return new RecordKey(values);
    }
}
