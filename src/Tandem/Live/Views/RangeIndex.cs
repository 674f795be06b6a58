using Tandem.Records;

namespace Tandem.Live.Views;

/// <summary>A stretch of values; null for no end.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
/// <param name="IsLowOut">Whether the lower end itself is left out.</param>
/// <param name="IsHighOut">Whether the upper end itself is left out.</param>
internal sealed record Interval(object? Low, object? High, bool IsLowOut = false, bool IsHighOut = false)
{
    public static Interval All { get; } = new(null, null);
}

/// <summary>
/// Finds the intervals that hold a value, in time that grows with the logarithm of their number and with what is found: an
/// interval tree (Cormen et al., "Introduction to Algorithms", ch. 14.3) kept balanced as a treap (Seidel and Aragon,
/// 1996). Not safe for several threads at once.
/// </summary>
/// <remarks>
/// Every node carries its ends as plain numbers too (<see cref="Rough"/>), which decide nearly every step without a look
/// at the values themselves: most of what a deep tree costs is waiting for memory.
/// </remarks>
internal sealed class RangeIndex<T>
    where T : class
{
    private readonly Random _random = new(1);
    private readonly Dictionary<T, long> _numbers = [];
    private Node? _root;
    private long _next;

    private sealed class Node(Interval interval, long number, T item, int priority)
    {
        public Interval Interval => interval;

        public long Number => number;

        public T Item => item;

        public int Priority => priority;

        public readonly object? Low = interval.Low;
        public readonly object? High = interval.High;
        public readonly double RoughLow = interval.Low is null ? double.NaN : Rough.Of(interval.Low);
        public readonly double RoughHigh = interval.High is null ? double.NaN : Rough.Of(interval.High);
        public double RoughHighest;
        public Node? Left;
        public Node? Right;

        /// <summary>The highest end in this part of the tree; null when one has no end.</summary>
        public object? Highest;
    }

    public void Add(Interval interval, T item)
    {
        var number = _next++;
        _numbers.Add(item, number);
        var node = new Node(interval, number, item, _random.Next());
        var (before, after) = Split(_root, interval.Low, number);
        _root = Join(Join(before, Renew(node)), after);
    }

    public void Remove(Interval interval, T item)
    {
        if (_numbers.Remove(item, out var number))
        {
            var (before, rest) = Split(_root, interval.Low, number);
            var (_, after) = Split(rest, interval.Low, number + 1);
            _root = Join(before, after);
        }
    }

    public void Find(object value, List<T> found) => Find(_root, value, Rough.Of(value), found);

    private static void Find(Node? node, object value, double rough, List<T> found)
    {
        while (node is not null && Compare(node.RoughHighest, node.Highest, rough, value) is not < 0)
        {
            Find(node.Left, value, rough, found);
            var low = Compare(node.RoughLow, node.Low, rough, value);
            if (low > 0)
            {
                return;
            }

            var high = Compare(node.RoughHigh, node.High, rough, value);
            if (high is not < 0 && !(low == 0 && node.Interval.IsLowOut) && !(high == 0 && node.Interval.IsHighOut))
            {
                found.Add(node.Item);
            }

            node = node.Right;
        }
    }

    /// <returns>How an end lies to a value, or null where there is no end.</returns>
    private static int? Compare(double roughEnd, object? end, double rough, object value) =>
        end is null ? null : Rough.Compare(roughEnd, rough) is var told and not 0 ? told : Values.Compare(end, value);

    /// <summary>Parts a tree into what comes before a place and the rest.</summary>
    private static (Node? Before, Node? After) Split(Node? node, object? low, long number)
    {
        if (node is null)
        {
            return (null, null);
        }

        // No lower end sorts as null does: before everything.
        var order = Values.Compare(node.Interval.Low, low);
        if (order < 0 || (order == 0 && node.Number < number))
        {
            (node.Right, var rest) = Split(node.Right, low, number);
            return (Renew(node), rest);
        }

        (var before, node.Left) = Split(node.Left, low, number);
        return (before, Renew(node));
    }

    private static Node? Join(Node? a, Node? b)
    {
        if (a is null || b is null)
        {
            return a ?? b;
        }

        if (a.Priority > b.Priority)
        {
            a.Right = Join(a.Right, b);
            return Renew(a);
        }

        b.Left = Join(a, b.Left);
        return Renew(b);
    }

    private static Node Renew(Node node)
    {
        (node.Highest, node.RoughHighest) = (node.Interval.High, node.RoughHigh);
        foreach (var part in (ReadOnlySpan<Node?>)[node.Left, node.Right])
        {
            if (part is not null && node.Highest is not null)
            {
                if (part.Highest is null || Values.Compare(part.Highest, node.Highest) > 0)
                {
                    (node.Highest, node.RoughHighest) = (part.Highest, part.RoughHighest);
                }
            }
        }

        return node;
    }
}
