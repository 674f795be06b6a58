using Tandem.Access;
using Tandem.Admin.Shell;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.RecordPages;

/// <summary>One record's page, or the page that makes a new one.</summary>
internal sealed record RecordModel(ShellModel Shell, TableSchema Schema, RecordKey? Key, IReadOnlyList<FieldView> Fields)
{
    public required string Heading { get; init; }

    /// <summary>Where the form goes.</summary>
    public required string Action { get; init; }

    /// <summary>The values the person starts from, signed.</summary>
    public string? SignedBase { get; init; }

    /// <summary>Why nothing can be changed here, or null when it can.</summary>
    public string? ReadOnlyReason { get; init; }

    /// <summary>Whether a new record may be made of what was typed.</summary>
    public bool MayAdd { get; init; }

    public AccessDecision Delete { get; init; } = AccessDecision.Deny("");

    /// <summary>The list this page was opened from: the part of its address after the path.</summary>
    public string Back { get; init; } = "";

    public IReadOnlyList<HistoryEntry> History { get; init; } = [];

    /// <summary>The whole history in place of the form; null for the form.</summary>
    public HistoryModel? Told { get; init; }

    public IReadOnlyList<RelatedList> Related { get; init; } = [];

    /// <summary>The records that belong to this one, table by table.</summary>
    public IReadOnlyList<ChildModel> Children { get; init; } = [];

    /// <summary>The records that this one is joined with, join table by join table.</summary>
    public IReadOnlyList<LinksModel> Links { get; init; } = [];

    /// <summary>Whether the record is active; null where the table's records are just there.</summary>
    public ActivationMark? Mark { get; init; }

    /// <summary>What happened, said above the form.</summary>
    public Notice? Notice { get; init; }

    /// <summary>Whether the record is no longer there and the page shows what was typed.</summary>
    public bool IsGone { get; init; }

    public bool IsNew => Key is null;

    public bool IsEditable => ReadOnlyReason is null && !IsGone;
}

/// <summary>The page of a record that is not there. What was typed into it and kept in the browser can become a new one.</summary>
internal sealed record MissingModel(ShellModel Shell, TableSchema Schema, string Text);

/// <summary>A sentence above the form.</summary>
internal sealed record Notice(string Text, bool IsBad);

/// <summary>A list of records that refer to this one.</summary>
internal sealed record RelatedList(string Label, string By, string Href);

/// <summary>One change as the history tells it.</summary>
internal sealed record HistoryEntry(long Sequence, string By, DateTimeOffset At, ChangeKind Kind, IReadOnlyList<HistoryField> Fields);

/// <summary>One field of a change: its name and label, the value before (null when not known) and after.</summary>
internal sealed record HistoryField(string Name, string Label, string? Before, string After);
