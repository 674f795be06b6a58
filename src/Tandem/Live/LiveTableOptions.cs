using Tandem.Live.Disk;
using Tandem.Live.Queueing;
using Tandem.Tables;

namespace Tandem.Live;

/// <summary>How a live table keeps records.</summary>
public sealed class LiveTableOptions
{
    /// <summary>What is kept. Default: <see cref="LiveTableMode.Bounded"/>.</summary>
    public LiveTableMode Mode { get; set; } = LiveTableMode.Bounded;

    /// <summary>How many records a bounded table keeps at most beside watched ones; the least recently used go first. Default: 10,000. Without effect in full mode.</summary>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>How many bytes a bounded table keeps at most, as far as can be told from the values; the least recently used go first. Default: null, for no limit beside <see cref="MaxEntries"/>. Without effect in full mode.</summary>
    public long? MaxBytes { get; set; }

    /// <summary>How long a bounded table keeps a record that is not read. Default: 10 minutes. Without effect in full mode.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Keeps a full table's records beyond the process, so that the next opening catches up instead of loading. Default: null, for memory alone. The store is disposed with the table.</summary>
    public IRecordStore? Store { get; set; }

    /// <summary>Whether a table that came back from <see cref="Store"/> is compared with its source in the background, which finds what other programs wrote while nobody listened. Default: true.</summary>
    public bool ReconcileOnStart { get; set; } = true;

    /// <summary>Queues writes and sends them in the background. Default: null, for writes that go straight through.</summary>
    public WriteBehindOptions? WriteBehind { get; set; }

    /// <summary>How many updates a subscriber may be behind before they are merged into a fresh snapshot. Default: 64.</summary>
    public int QueueLimit { get; set; } = 64;

    /// <summary>Tells the time. Default: the system's clock.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Checks every option and says all that is wrong at once.</summary>
    internal void Check()
    {
        List<string> wrong = [];
        void Must(bool holds, string what)
        {
            if (!holds)
            {
                wrong.Add(what);
            }
        }

        Must(MaxEntries > 0, $"{nameof(MaxEntries)} must be at least 1.");
        Must(MaxBytes is null or > 0, $"{nameof(MaxBytes)} must be at least 1, or null for no limit.");
        Must(TimeToLive > TimeSpan.Zero, $"{nameof(TimeToLive)} must be longer than nothing.");
        Must(QueueLimit > 0, $"{nameof(QueueLimit)} must be at least 1.");
        Must(Store is null || Mode == LiveTableMode.Full, $"{nameof(Store)} keeps whole tables: set {nameof(Mode)} to {nameof(LiveTableMode.Full)}, or leave it out.");
        Must(WriteBehind is null or { BatchSize: > 0 and <= BatchPlan.Limit, MaxQueued: > 0 }, $"{nameof(WriteBehind)}: the batch size must be from 1 to {BatchPlan.Limit}, the queue length at least 1.");
        if (wrong.Count > 0)
        {
            throw new ArgumentException("These options of a live table cannot be: " + string.Join(" ", wrong));
        }
    }
}

/// <summary>What a live table keeps in memory.</summary>
public enum LiveTableMode
{
    /// <summary>Recently used records, within a stated budget; queries go to the source.</summary>
    Bounded,

    /// <summary>Every record. Reads by key, queries and counts never leave memory, save where the source alone knows how a text compares; scans, history and blobs are the source's.</summary>
    Full,
}
