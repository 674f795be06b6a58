namespace Tandem.Editing;

/// <summary>How a person settles a conflict.</summary>
public abstract record Resolution
{
    private Resolution()
    {
    }

    /// <summary>They saw theirs and keep what they typed: the next save replaces what is theirs now.</summary>
    public static Resolution Mine { get; } = new KeepMine();

    /// <summary>They give the field up.</summary>
    public static Resolution Theirs { get; } = new TakeTheirs();

    /// <summary>They found a third value that takes both sides into account.</summary>
    public static Resolution Merged(object? value) => new MergedValue(value);

    /// <summary>See <see cref="Mine"/>.</summary>
    public sealed record KeepMine : Resolution;

    /// <summary>See <see cref="Theirs"/>.</summary>
    public sealed record TakeTheirs : Resolution;

    /// <summary>See <see cref="Merged"/>.</summary>
    /// <param name="Value">The value to save.</param>
    public sealed record MergedValue(object? Value) : Resolution;
}
