using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>How one edit behaves. Read when the edit is opened; changing it later is without effect.</summary>
public sealed class RecordEditOptions
{
    /// <summary>What becomes of fields that change on both sides. Default: <see cref="FieldPolicy.Ask"/> for every field.</summary>
    public IDictionary<string, FieldPolicy> Policies { get; } = new Dictionary<string, FieldPolicy>(StringComparer.Ordinal);

    /// <summary>What must still hold for a save. Default: <see cref="GuardMode.Fields"/>.</summary>
    public GuardMode Guard { get; set; } = GuardMode.Fields;

    /// <summary>A lease under which saves happen; when it is no longer held, a save fails with <see cref="Leases.LeaseLostException"/>. Default: null, for none.</summary>
    public Fence? Fence { get; set; }

    /// <summary>The operation the saves are part of, as the journal keeps it. Default: null, for none.</summary>
    public string? Operation { get; set; }

    /// <summary>How often a save is sent again because a policy found new values for what others changed meanwhile; after that it is a conflict. Default: 64.</summary>
    public int MaxRounds { get; set; } = 64;

    /// <summary>How long a save whose connection broke keeps asking what became of it. Default: 5 seconds.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether events are posted to the <see cref="SynchronizationContext"/> in which the edit was opened, if there is one, as user interfaces need. Default: true.</summary>
    public bool KeepsContext { get; set; } = true;

    /// <summary>Tells the time and waits. Default: the system's clock.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    internal void Check()
    {
        if (MaxRounds < 1 || Patience < TimeSpan.Zero)
        {
            throw new ArgumentException($"A save needs at least one round and no negative patience, but {MaxRounds} and {Patience} were given.");
        }
    }
}

/// <summary>What an edit's save is guarded by.</summary>
public enum GuardMode
{
    /// <summary>The saved fields must hold what the person started from: edits of other fields pass.</summary>
    Fields,

    /// <summary>The record must not have changed at all since the first field was typed: its <see cref="Records.Record.Version"/> is demanded as well.</summary>
    Version,
}
