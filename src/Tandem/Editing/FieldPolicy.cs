using Tandem.Schema;

namespace Tandem.Editing;

/// <summary>
/// What becomes of a field that changed on both sides. All but <see cref="Ask"/> find a value by themselves, so that nobody is
/// asked and a save goes on; where a policy has no answer for the values at hand, people are asked. Immutable, pure and safe from
/// any thread.
/// </summary>
public sealed class FieldPolicy
{
    private readonly MergeRule _merge;

    private FieldPolicy(string name, MergeRule merge) => (Name, _merge) = (name, merge);

    /// <summary>Finds the value of a field that changed on both sides.</summary>
    /// <returns>Whether there is one.</returns>
    internal delegate bool MergeRule(Field field, object? basis, object? mine, object? theirs, out object? merged);

    /// <summary>The person is asked: the field is a conflict. The default of every field.</summary>
    public static FieldPolicy Ask { get; } = new("ask", Merging.Never);

    /// <summary>Mine stays, whatever theirs became: the last save wins.</summary>
    public static FieldPolicy Mine { get; } = new("mine", Merging.Mine);

    /// <summary>Theirs is taken: the first save wins.</summary>
    public static FieldPolicy Theirs { get; } = new("theirs", Merging.Theirs);

    /// <summary>The larger value stays, in the order of <see cref="Records.Values.Compare"/>; null is less than any value.</summary>
    public static FieldPolicy Max { get; } = new("max", Merging.Max);

    /// <summary>The smaller value stays, in the order of <see cref="Records.Values.Compare"/>; null gives way to any value.</summary>
    public static FieldPolicy Min { get; } = new("min", Merging.Min);

    /// <summary>
    /// A counter: what I added (mine less base) is added to theirs, also when both sides added the same. Null counts as zero where
    /// I started from it or they hold it; a counter I cleared, a value that is no number and a sum too large are asked about.
    /// </summary>
    public static FieldPolicy Add { get; } = new("add", Merging.Add) { CountsBothSides = true };

    /// <summary>
    /// A set: the field holds a JSON array whose elements are in or out, compared by structure, their order without meaning. What I
    /// put in comes in, what I took out goes, and all else is as theirs has it. Null is the empty set; anything but arrays is asked about.
    /// </summary>
    public static FieldPolicy Union { get; } = new("union", Merging.Union);

    /// <summary>A rule of the application's own.</summary>
    /// <param name="merge">Gives the value from base, mine and theirs. Must be pure: it may be called often and on any thread.</param>
    public static FieldPolicy Custom(Func<object?, object?, object?, object?> merge)
    {
        ArgumentNullException.ThrowIfNull(merge);
        return new("custom", (Field _, object? basis, object? mine, object? theirs, out object? merged) =>
        {
            merged = merge(basis, mine, theirs);
            return true;
        });
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Whether the same value on both sides is two facts, as one added on each side is two more.</summary>
    internal bool CountsBothSides { get; private init; }

    internal bool TryMerge(Field field, object? basis, object? mine, object? theirs, out object? merged) => _merge(field, basis, mine, theirs, out merged);

    public override string ToString() => Name;
}
