using Tandem.Records;

namespace Tandem.Live.Views;

/// <summary>Values as keys of a dictionary, equal when <see cref="Values.Same(object?, object?)"/> says so; null is a value too.</summary>
internal static class ValueKey
{
    private static readonly object s_null = new();

    public static IEqualityComparer<object> Comparer { get; } = new SameValue();

    public static object Of(object? value) => value ?? s_null;

    private sealed class SameValue : IEqualityComparer<object>
    {
        public new bool Equals(object? x, object? y) => ReferenceEquals(x, y) || Values.Same(x, y);

        public int GetHashCode(object value) => Values.Hash(value);
    }
}
