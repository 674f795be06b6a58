using Tandem.Changes;
using Tandem.Schema;

namespace Tandem.Admin.RecordPages;

/// <summary>What happened to a record and to what belongs to it, newest first.</summary>
/// <param name="Schema">The record's table.</param>
/// <param name="Action">The record's address.</param>
/// <param name="Changes">One page of changes.</param>
internal sealed record HistoryModel(TableSchema Schema, string Action, IReadOnlyList<ToldChange> Changes)
{
    /// <summary>The record's key as addresses carry it.</summary>
    public required string Key { get; init; }

    public required string FormToken { get; init; }

    /// <summary>Where older changes are; null when these are the oldest.</summary>
    public string? Older { get; init; }

    /// <summary>Tables whose records belong to this one, so that news of them count.</summary>
    public IReadOnlyList<TableSchema> With { get; init; } = [];

    /// <summary>Tables of which more happened than was looked through.</summary>
    public IReadOnlyList<string> CutShort { get; init; } = [];
}

/// <summary>One change as the history tells it in full.</summary>
/// <param name="Entry">Who, when, which fields.</param>
/// <param name="Schema">The table of the record that changed.</param>
/// <param name="Key">Its key as addresses carry it.</param>
internal sealed record ToldChange(HistoryEntry Entry, TableSchema Schema, string Key)
{
    /// <summary>Whether another record changed, one that belongs to the page's.</summary>
    public bool IsOther { get; init; }

    /// <summary>The operation's own text, or null.</summary>
    public string? Operation { get; init; }

    /// <summary>The operation in words; empty when there is nothing to say.</summary>
    public string InWords { get; init; } = "";

    /// <summary>How many records the operation touched, where the user may take it back; else zero.</summary>
    public int OperationRecords { get; init; }

    /// <summary>What taking the change back does, sentence by sentence; empty where it cannot be taken back.</summary>
    public IReadOnlyList<string> Sets { get; init; } = [];
}

/// <summary>The question before something is taken back, for pages without script; or why it was not.</summary>
internal sealed record TakeBackModel(Shell.ShellModel Shell, string Heading, IReadOnlyList<string> Sets, string Action, string Back)
{
    /// <summary>The change's number, or null for an operation.</summary>
    public long? Sequence { get; init; }

    public string? Operation { get; init; }

    /// <summary>Why nothing was done; null before.</summary>
    public string? Refused { get; init; }
}
