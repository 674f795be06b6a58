using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Tandem.Records;

/// <summary>Fields and their new values, in the order they were given. Immutable.</summary>
public sealed class Patch : IReadOnlyDictionary<string, object?>
{
    private readonly OrderedDictionary<string, object?> _values = new(StringComparer.Ordinal);

    public static Patch Empty { get; } = new([]);

    public Patch(IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (field, value) in values)
        {
            _values[field] = value;
        }
    }

    /// <summary>A patch of one field.</summary>
    public static Patch Of(string field, object? value) => new([new(field, value)]);

    /// <summary>This patch with one more field, or one field replaced.</summary>
    public Patch With(string field, object? value) => new([.. _values, new(field, value)]);

    /// <summary>This patch without some fields.</summary>
    public Patch Without(IReadOnlyCollection<string> fields) => new(_values.Where(v => !fields.Contains(v.Key)));

    /// <summary>This patch restricted to some fields.</summary>
    public Patch Only(IReadOnlyCollection<string> fields) => new(_values.Where(v => fields.Contains(v.Key)));

    public object? this[string key] => _values[key];

    public IEnumerable<string> Keys => _values.Keys;

    public IEnumerable<object?> Values => _values.Values;

    public int Count => _values.Count;

    public bool IsEmpty => _values.Count == 0;

    public bool ContainsKey(string key) => _values.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value) => _values.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.GetEnumerator();

    /// <summary>The fields and values, for people who look for a fault: <c>price=4.20, stock=null</c>.</summary>
    public override string ToString() => string.Join(", ", _values.Select(v => $"{v.Key}={(v.Value is null ? "null" : ValueText.Plain(v.Value))}"));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
