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
        foreach (var value in values)
        {
            _hash = unchecked((_hash * 397) ^ Records.Values.Hash(value));
        }
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
            // Most keys are numbers or texts of one type; asking for those first keeps look-ups quick.
            var same = (_values[i], other._values[i]) switch
            {
                (long a, long b) => a == b,
                (string a, string b) => a == b,
                var (a, b) => Records.Values.Same(a, b),
            };
            if (!same)
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
