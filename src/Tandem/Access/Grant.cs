using Tandem.Records;

namespace Tandem.Access;

/// <summary>Whom a grant is for, the more specific first.</summary>
public enum SubjectKind
{
    /// <summary>One user.</summary>
    User,

    /// <summary>Everybody in a group, directly or through other groups.</summary>
    Group,

    /// <summary>Everybody who is signed in.</summary>
    Everyone,
}

/// <summary>A right given or taken away in data: a record of the grants table. Immutable.</summary>
/// <param name="Id">The grant's key.</param>
/// <param name="SubjectKind">What kind of subject it is for.</param>
/// <param name="Subject">The user's or group's name; null for everyone.</param>
/// <param name="IsAllow">Whether it allows; else it denies.</param>
/// <param name="Actions">What it allows or denies.</param>
public sealed record Grant(string Id, SubjectKind SubjectKind, string? Subject, bool IsAllow, IReadOnlyCollection<TableAction> Actions)
{
    /// <summary>The table it is about; null for all of them but Tandem's own. Default: null.</summary>
    public string? Table { get; init; }

    /// <summary>The fields it is about; null for whole records. Not together with a filter or key. Default: null.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>The records it is about, as the <c>$filter</c> of a request spells it; null for all. Default: null.</summary>
    public string? Filter { get; init; }

    /// <summary>The one record it is about, by its key: plain text where the key is one number, text or UUID, else as addresses spell it. Null for all. Default: null.</summary>
    public string? Key { get; init; }

    /// <summary>What it is for, in its author's words, or null. Default: null.</summary>
    public string? Note { get; init; }

    /// <summary>How specific it is about its target.</summary>
    public GrantLevel Level => this switch
    {
        { Key: not null } => GrantLevel.Record,
        { Filter: not null } => GrantLevel.Filter,
        { Fields: not null } => GrantLevel.Fields,
        { Table: not null } => GrantLevel.Table,
        _ => GrantLevel.Everything,
    };

    /// <summary>Whether it is for a user.</summary>
    public bool IsFor(User user) => SubjectKind switch
    {
        SubjectKind.User => Subject == user.Name,
        SubjectKind.Group => user.Groups.Contains(Subject, StringComparer.Ordinal),
        _ => true,
    };

    /// <summary>Reads a grant from the values of a record of the grants table.</summary>
    /// <returns>The grant, or null when another program stored what is none.</returns>
    internal static Grant? From(Func<string, object?> value)
    {
        if (value("id") is not string id || !GrantText.TrySubject(value("subject_kind") as string, out var kind) || value("effect") is not ("allow" or "deny"))
        {
            return null;
        }

        var grant = new Grant(id, kind, value("subject") as string, value("effect") is "allow", [.. TableActions.All.Where(a => value(TableActions.Name(a)) is true)])
        {
            Table = value("table_name") as string,
            Fields = GrantText.Fields(value("fields") as string),
            Filter = value("filter") as string,
            Key = value("record_key") as string,
            Note = value("note") as string,
        };
        // One that cannot be allows nothing, and denies the whole table.
        var isPossible = new object?[] { grant.Fields, grant.Filter, grant.Key }.Count(p => p is not null) <= 1 && (grant.Table is not null || grant.Level == GrantLevel.Everything);
        return isPossible ? grant : grant.IsAllow ? null : grant with { Fields = null, Filter = null, Key = null };
    }

    /// <summary>The grant as values of a new record of the grants table.</summary>
    public Patch ToPatch() => new(
    [
        new("id", Id),
        new("subject_kind", GrantText.Of(SubjectKind)),
        new("subject", Subject),
        new("effect", IsAllow ? "allow" : "deny"),
        .. TableActions.All.Select(a => KeyValuePair.Create(TableActions.Name(a), (object?)Actions.Contains(a))),
        new("table_name", Table),
        new("fields", Fields is null ? null : GrantText.Of(Fields)),
        new("filter", Filter),
        new("record_key", Key),
        new("note", Note),
    ]);

    /// <summary>The grant as a sentence: <c>allow group 'sales' to view, list orders where region eq 'north'</c>.</summary>
    public override string ToString()
    {
        var whom = SubjectKind == SubjectKind.Everyone ? "everyone" : $"{GrantText.Of(SubjectKind)} '{Subject}'";
        var what = this switch
        {
            { Table: null } => "everything",
            { Key: { } key } => $"record {key} of {Table}",
            { Filter: { } filter } => $"{Table} where {filter}",
            { Fields: { } fields } => $"{string.Join(", ", fields)} of {Table}",
            _ => Table,
        };
        return $"{(IsAllow ? "allow" : "deny")} {whom} to {string.Join(", ", TableActions.All.Where(Actions.Contains).Select(TableActions.Name))} {what}";
    }
}

/// <summary>How specific a right is about its target, the most specific first.</summary>
public enum GrantLevel
{
    /// <summary>One record.</summary>
    Record,

    /// <summary>The records of a filter, or those of a policy in code.</summary>
    Filter,

    /// <summary>Some fields of a table.</summary>
    Fields,

    /// <summary>A table.</summary>
    Table,

    /// <summary>Every table but Tandem's own.</summary>
    Everything,

    /// <summary>What the role gives before any grant is asked.</summary>
    Role,
}
