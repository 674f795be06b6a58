using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>How a unit of work behaves. Its edits' own policies and guards apply beside it.</summary>
public sealed class UnitOfWorkOptions
{
    /// <summary>The operation that deletions are part of, as the journal keeps it. Default: null, for none.</summary>
    public string? Operation { get; set; }

    /// <summary>A lease under which deletions happen. Default: null, for none.</summary>
    public Fence? Fence { get; set; }

    /// <summary>How often everything is sent again because policies found new values for what others changed meanwhile; after that it is a conflict. Default: 64.</summary>
    public int MaxRounds { get; set; } = 64;

    /// <summary>How long a save whose connection broke keeps asking what became of it. Default: 5 seconds.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Tells the time and waits. Default: the system's clock.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
