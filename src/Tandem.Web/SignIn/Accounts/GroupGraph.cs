namespace Tandem.Web.SignIn.Accounts;

/// <summary>
/// Who is in which group, groups in groups included. A group that is not there counts for nothing, and a circle, which another program may
/// have written, ends where it began. Used under the index's lock.
/// </summary>
/// <remarks>
/// A group's ancestors are found once and kept until a group changes, and users of the same groups share one list, so a changed group costs
/// one step for each user below it.
/// </remarks>
internal sealed class GroupGraph
{
    private readonly Dictionary<string, KnownGroup> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<(bool IsGroup, string Name), HashSet<string>> _parents = [];
    private readonly Dictionary<string, HashSet<(bool IsGroup, string Name)>> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyCollection<string>> _ancestors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _shared = new(StringComparer.Ordinal);

    public IEnumerable<KnownGroup> Groups => _groups.Values;

    public IEnumerable<Member> Members => _members.SelectMany(m => m.Value.Select(n => new Member(m.Key, n.IsGroup, n.Name)));

    public KnownGroup? Find(string group) => _groups.GetValueOrDefault(group);

    public IEnumerable<Member> MembersOf(string group) =>
        _members.TryGetValue(group, out var members) ? members.Select(m => new Member(group, m.IsGroup, m.Name)) : [];

    /// <summary>The groups that somebody was put into, without those that follow.</summary>
    public IEnumerable<string> DirectOf(bool isGroup, string name) =>
        _parents.TryGetValue((isGroup, name), out var parents) ? parents.Where(_groups.ContainsKey) : [];

    /// <summary>Every group a user is in, in order of name.</summary>
    public IReadOnlyList<string> EffectiveOf(string user)
    {
        string[] direct = [.. DirectOf(false, user).Order(StringComparer.Ordinal)];
        if (direct.Length == 0)
        {
            return [];
        }

        var key = string.Join('\n', direct);
        if (!_shared.TryGetValue(key, out var groups))
        {
            _shared[key] = groups = [.. direct.SelectMany(WithAncestors).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }

        return groups;
    }

    /// <summary>Every user in a group, directly or not.</summary>
    public IEnumerable<string> UsersBelow(string group) => Below(group).Where(m => !m.IsGroup).Select(m => m.Name);

    /// <summary>Whether a group would come to hold itself if another were put into it.</summary>
    public bool WouldCircle(string group, string member) => group == member || Below(member).Contains((true, group));

    public void Set(string name, KnownGroup? group)
    {
        if (group is null ? _groups.Remove(name) : !_groups.TryGetValue(name, out var known) || known != group)
        {
            if (group is not null)
            {
                _groups[name] = group;
            }

            Forget();
        }
    }

    public void Set(Member member, bool isIn)
    {
        var key = (member.IsGroup, member.Name);
        if (isIn)
        {
            (_parents.TryGetValue(key, out var parents) ? parents : _parents[key] = new(StringComparer.Ordinal)).Add(member.Group);
            (_members.TryGetValue(member.Group, out var members) ? members : _members[member.Group] = []).Add(key);
        }
        else
        {
            _parents.GetValueOrDefault(key)?.Remove(member.Group);
            _members.GetValueOrDefault(member.Group)?.Remove(key);
        }

        if (member.IsGroup)
        {
            Forget();
        }
    }

    private void Forget()
    {
        _ancestors.Clear();
        _shared.Clear();
    }

    private IReadOnlyCollection<string> WithAncestors(string group)
    {
        if (!_ancestors.TryGetValue(group, out var all))
        {
            HashSet<string> found = new(StringComparer.Ordinal) { group };
            Queue<string> open = new([group]);
            while (open.TryDequeue(out var next))
            {
                foreach (var parent in DirectOf(true, next).Where(found.Add))
                {
                    open.Enqueue(parent);
                }
            }

            _ancestors[group] = all = found;
        }

        return all;
    }

    private HashSet<(bool IsGroup, string Name)> Below(string group)
    {
        HashSet<(bool IsGroup, string Name)> found = [];
        Queue<string> open = new([group]);
        while (open.TryDequeue(out var next))
        {
            foreach (var member in _members.GetValueOrDefault(next) ?? [])
            {
                if (found.Add(member) && member.IsGroup)
                {
                    open.Enqueue(member.Name);
                }
            }
        }

        return found;
    }
}
