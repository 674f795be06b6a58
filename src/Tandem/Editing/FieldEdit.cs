using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Editing;

/// <summary>
/// One field under edit: what the person started from (base), what they typed (mine, when touched) and what the source
/// holds now (theirs). The rules are pure and total:
/// <list type="bullet">
/// <item>A field not touched follows theirs: its base moves along.</item>
/// <item>A touched field holds its value whatever theirs becomes.</item>
/// <item>A touched field whose theirs equals mine is settled: nothing is left to save.</item>
/// <item>A touched field whose theirs differs from base and from mine is a conflict.</item>
/// <item>A policy other than asking turns a conflict into a new mine, based on theirs.</item>
/// </list>
/// </summary>
/// <param name="Base">What the person started from.</param>
/// <param name="Mine">What they typed; equal to <paramref name="Base"/> while untouched.</param>
/// <param name="Theirs">What the source holds now.</param>
/// <param name="IsTouched">Whether the person changed the field.</param>
internal readonly record struct FieldEdit(object? Base, object? Mine, object? Theirs, bool IsTouched)
{
    /// <summary>A field nobody touched.</summary>
    public static FieldEdit Start(object? value) => new(value, value, value, false);

    /// <summary>What the person sees.</summary>
    public object? Value => IsTouched ? Mine : Theirs;

    /// <summary>Whether saving would send this field.</summary>
    public bool IsModified(Field field) => IsTouched && !Values.Same(field, Mine, Theirs);

    /// <summary>Whether the field changed on both sides to different values.</summary>
    public bool IsConflict(Field field) => IsTouched && !Values.Same(field, Theirs, Base) && !Values.Same(field, Theirs, Mine);

    /// <summary>The person typed a value. Typing the value the source holds gives the field back to it.</summary>
    public FieldEdit Set(Field field, object? mine) =>
        Values.Same(field, mine, Theirs) ? Start(Theirs) : new(IsTouched ? Base : Theirs, mine, Theirs, true);

    /// <summary>The source holds another value now.</summary>
    public FieldEdit Follow(Field field, object? theirs) =>
        !IsTouched || Values.Same(field, theirs, Mine) ? Start(theirs) : this with { Theirs = theirs };

    /// <summary>The source holds another value now, and a policy settles what it can.</summary>
    public FieldEdit Follow(Field field, object? theirs, FieldPolicy policy)
    {
        if (!policy.CountsBothSides || !IsTouched)
        {
            return Follow(field, theirs).Settle(field, policy);
        }

        // One added here and one added there are two, though both sides now hold the same value: nothing settles by itself.
        return (this with { Theirs = theirs }).Settle(field, policy);
    }

    /// <summary>Lets a policy find the value of a field that changed on both sides. Where it has no answer, the field stays as it is.</summary>
    public FieldEdit Settle(Field field, FieldPolicy policy) =>
        IsTouched && !Values.Same(field, Theirs, Base) && policy.TryMerge(field, Base, Mine, Theirs, out var merged)
            ? Start(Theirs).Set(field, merged)
            : this;

    /// <summary>The person settles a conflict, or gives an opinion before there is one.</summary>
    public FieldEdit Resolve(Field field, Resolution resolution) => resolution switch
    {
        Resolution.KeepMine => KeepMine(field),
        Resolution.TakeTheirs => Revert(),
        Resolution.MergedValue merged => Start(Theirs).Set(field, merged.Value),
        _ => throw new ArgumentException($"Unknown resolution {resolution.GetType().Name}.", nameof(resolution)),
    };

    /// <summary>The person gives the field up.</summary>
    public FieldEdit Revert() => Start(Theirs);

    /// <summary>The person saw theirs and keeps mine: theirs becomes the base that a save is guarded by.</summary>
    public FieldEdit KeepMine(Field field) => IsTouched ? Start(Theirs).Set(field, Mine) : this;
}
