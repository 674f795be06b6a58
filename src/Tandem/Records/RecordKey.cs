using System.Text;
using Tandem.Schema;

namespace Tandem.Records;

/// <summary>What tells one record of a table from all others: one or more values in key order. Immutable.</summary>
public sealed class RecordKey : IEquatable<RecordKey>
{
    private readonly object?[] _values;
    private readonly int _hash;

    public RecordKey(params object?[] values)
    {
        _values = values;
        var hash = new HashCode();
        foreach (var value in values)
        {
            hash.Add(Records.Values.Hash(value));
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>The key's values in key order.</summary>
    public IReadOnlyList<object?> Values => _values;

    public bool Equals(RecordKey? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || _hash != other._hash || _values.Length != other._values.Length)
        {
            return false;
        }

        for (var i = 0; i < _values.Length; i++)
        {
            if (!Records.Values.Same(_values[i], other._values[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as RecordKey);

    public override int GetHashCode() => _hash;

    /// <summary>The key as addresses carry it: parts percent-encoded and joined by a comma. See <see cref="KeyText"/>.</summary>
    public override string ToString() => KeyText.Format(this);

    /// <summary>Reads a key from the form <see cref="ToString"/> gives.</summary>
    /// <returns>Whether the text is a key of that table.</returns>
    public static bool TryParse(TableSchema schema, string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RecordKey? key) =>
        KeyText.TryParse(schema, text, out key);
}
