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
/// </list>
/// </summary>
/// <param name="Base">What the person started from.</param>
/// <param name="Mine">What they typed; equal to <paramref name="Base"/> while untouched.</param>
/// <param name="Theirs">What the source holds now.</param>
/// <param name="IsTouched">Whether the person changed the field.</param>
public readonly record struct FieldEdit(object? Base, object? Mine, object? Theirs, bool IsTouched)
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

    /// <summary>The person gives the field up.</summary>
    public FieldEdit Revert() => Start(Theirs);

    /// <summary>The person saw theirs and keeps mine: theirs becomes the base that a save is guarded by.</summary>
    public FieldEdit KeepMine(Field field) => IsTouched ? Start(Theirs).Set(field, Mine) : this;
}
