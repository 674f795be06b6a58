using Tandem.Access;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>
/// Users, groups and tokens in memory, each user with the groups that follow from all of them. It is told of single records as they change and
/// answers which users came to be others by that. Not safe from several threads: its owner locks.
/// </summary>
internal sealed class AccountIndex
{
    private readonly Dictionary<string, KnownUser> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownUser> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownUser> _byFirstToken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownToken> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownToken> _byDigest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _tokensOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _byExternalId = new(StringComparer.Ordinal);
    private IReadOnlyList<User> _named = [];

    public GroupGraph Groups { get; } = new();

    /// <summary>Everybody the users table or the memory beside it keeps, and whom options name.</summary>
    public IEnumerable<KnownUser> Users => _users.Values;

    public KnownUser? Find(string name) => _users.GetValueOrDefault(name);

    public KnownUser? FindExternal(string id) => _byExternalId.TryGetValue(id, out var name) ? Find(name) : null;

    public KnownToken? FindToken(string id) => _tokens.GetValueOrDefault(id);

    public KnownToken? FindDigest(string digest) => _byDigest.GetValueOrDefault(digest);

    /// <summary>The user of a database of an earlier version whose one token this is.</summary>
    public KnownUser? FindFirstToken(string digest) => _byFirstToken.TryGetValue(digest, out var row) ? Find(row.User.Name) : null;

    public IEnumerable<KnownToken> TokensOf(string user) => _tokensOf.TryGetValue(user, out var ids) ? ids.Select(id => _tokens[id]) : [];

    /// <summary>When the first token ends that ends after a time; null when none does.</summary>
    public DateTimeOffset? NextExpiry(DateTimeOffset after) => _tokens.Values.Where(t => t.RevokedAt is null && t.ExpiresAt > after).Min(t => t.ExpiresAt);

    /// <summary>Users of tokens that ended after a time and until another.</summary>
    public IReadOnlyList<string> UsersOfExpired(DateTimeOffset after, DateTimeOffset until) =>
        [.. _tokens.Values.Where(t => t.RevokedAt is null && t.ExpiresAt > after && t.ExpiresAt <= until).Select(t => t.UserName).Distinct(StringComparer.Ordinal)];

    /// <summary>Users that options name have the role they say, whatever the table holds of them.</summary>
    public void Name(IReadOnlyList<User> named)
    {
        string[] before = [.. _named.Select(n => n.Name)];
        _named = named;
        Compose([.. before, .. named.Select(n => n.Name)]);
    }

    /// <summary>Takes in what records hold now.</summary>
    /// <param name="records">For each: the table's short name, the key, the record or null when it is gone, and whether the database keeps it.</param>
    /// <returns>The users that became others, with what they were before; and those of whom a token ended.</returns>
    public (IReadOnlyList<(string Name, KnownUser? Before)> Users, IReadOnlySet<string> Tokens) Apply(IEnumerable<(string Table, RecordKey Key, Record? Record, bool IsKept)> records)
    {
        HashSet<string> affected = new(StringComparer.Ordinal), ended = new(StringComparer.Ordinal);
        foreach (var (table, key, record, isKept) in records)
        {
            switch (table)
            {
                case SystemTables.UsersName:
                    ApplyUser((string)key.Values[0]!, record is null ? null : KnownUser.From(record, isKept));
                    affected.Add((string)key.Values[0]!);
                    break;
                case SystemTables.GroupsName:
                    Groups.Set((string)key.Values[0]!, record is null ? null : KnownGroup.From(record));
                    affected.UnionWith(Groups.UsersBelow((string)key.Values[0]!));
                    break;
                case SystemTables.MembersName:
                    var member = Member.Of(key);
                    Groups.Set(member, record is not null);
                    affected.UnionWith(member.IsGroup ? Groups.UsersBelow(member.Name) : [member.Name]);
                    break;
                case SystemTables.TokensName:
                    if (ApplyToken((string)key.Values[0]!, record is null ? null : KnownToken.From(record)) is { } user)
                    {
                        ended.Add(user);
                    }

                    break;
            }
        }

        return (Compose(affected), ended);
    }

    /// <summary>The keys of the records taken in of a table.</summary>
    public IReadOnlyList<RecordKey> KeysOf(string table) => table switch
    {
        SystemTables.UsersName => [.. _rows.Keys.Select(n => new RecordKey(n))],
        SystemTables.GroupsName => [.. Groups.Groups.Select(g => new RecordKey(g.Name))],
        SystemTables.MembersName => [.. Groups.Members.Select(m => m.Key)],
        _ => [.. _tokens.Keys.Select(id => new RecordKey(id))],
    };

    private List<(string Name, KnownUser? Before)> Compose(IEnumerable<string> names)
    {
        List<(string, KnownUser?)> changed = [];
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            var before = Find(name);
            if (Composed(name) is { } now)
            {
                _users[name] = now;
                if (!now.Equals(before))
                {
                    changed.Add((name, before));
                }
            }
            else if (_users.Remove(name))
            {
                changed.Add((name, before));
            }
        }

        return changed;
    }

    private KnownUser? Composed(string name)
    {
        var named = _named.FirstOrDefault(n => n.Name == name);
        if (!_rows.TryGetValue(name, out var row))
        {
            return named is null ? null : new KnownUser(named with { Groups = Groups.EffectiveOf(name) }) { IsNamed = true };
        }

        return named is null
            ? row with { User = row.User with { Groups = Groups.EffectiveOf(name) } }
            : row with { User = named with { Groups = Groups.EffectiveOf(name) }, IsNamed = true, IsDisabled = false };
    }

    private void ApplyUser(string name, KnownUser? row)
    {
        if (_rows.Remove(name, out var old))
        {
            if (old.FirstTokenDigest is { } gone)
            {
                _byFirstToken.Remove(gone);
            }

            if (old.ExternalId is { } id)
            {
                _byExternalId.Remove(id);
            }
        }

        if (row is not null)
        {
            _rows[name] = row;
            if (row.FirstTokenDigest is { } first)
            {
                _byFirstToken[first] = row;
            }

            if (row.ExternalId is { } id)
            {
                _byExternalId[id] = name;
            }
        }
    }

    /// <returns>Whose token ended by this, or null.</returns>
    private string? ApplyToken(string id, KnownToken? token)
    {
        if (_tokens.Remove(id, out var old))
        {
            _byDigest.Remove(old.Digest);
            _tokensOf.GetValueOrDefault(old.UserName)?.Remove(id);
        }

        if (token is not null)
        {
            _tokens[id] = token;
            _byDigest[token.Digest] = token;
            (_tokensOf.TryGetValue(token.UserName, out var own) ? own : _tokensOf[token.UserName] = new(StringComparer.Ordinal)).Add(id);
        }

        return old is { RevokedAt: null } && (token is not { RevokedAt: null } || token.UserName != old.UserName || !(token.Scopes ?? []).SequenceEqual(old.Scopes ?? [])) ? old.UserName : null;
    }
}
