namespace Tandem.Access;

/// <summary>
/// Grants of single records, by the million: for each table and subject the keys with what is allowed and denied, a few bytes each.
/// Not safe for several threads at once.
/// </summary>
internal sealed class RecordGrants
{
    private const int DenyShift = 16;
    private readonly Dictionary<(string Table, SubjectKind Kind, string Subject), GrantedKeys> _bySubject = [];
    private readonly Dictionary<(string Table, SubjectKind Kind, string Subject, int Bit), int> _counts = [];

    public void Add(Grant grant) => Count(grant, 1);

    public void Remove(Grant grant) => Count(grant, -1);

    /// <summary>How many records of a table a subject has grants of for an action.</summary>
    public int Count(string table, SubjectKind kind, string subject, TableAction action, bool isAllow) =>
        _counts.GetValueOrDefault((table, kind, subject, Bit(action, isAllow)));

    public bool Contains(string table, SubjectKind kind, string subject, TableAction action, bool isAllow, string key) =>
        _bySubject.TryGetValue((table, kind, subject), out var keys) && (keys[key] & Bit(action, isAllow)) != 0;

    /// <summary>The keys of a subject's grants.</summary>
    public IEnumerable<string> Keys(string table, SubjectKind kind, string subject, TableAction action, bool isAllow) =>
        _bySubject.TryGetValue((table, kind, subject), out var keys) ? keys.All.Where(k => (k.Bits & Bit(action, isAllow)) != 0).Select(k => k.Key) : [];

    // One grant of a subject, record and effect is all the table takes, so that bits need no counting.
    private void Count(Grant grant, int by)
    {
        var subject = (grant.Table!, grant.SubjectKind, grant.Subject ?? "");
        if (!_bySubject.TryGetValue(subject, out var keys))
        {
            _bySubject[subject] = keys = new();
        }

        foreach (var bit in grant.Actions.Select(a => Bit(a, grant.IsAllow)))
        {
            var before = keys[grant.Key!];
            var after = by > 0 ? before | bit : before & ~bit;
            if (after == before)
            {
                continue;
            }

            keys[grant.Key!] = after;
            var counted = (subject.Item1, subject.SubjectKind, subject.Item3, bit);
            _counts[counted] = _counts.GetValueOrDefault(counted) + by;
            if (_counts[counted] == 0)
            {
                _counts.Remove(counted);
            }
        }

        if (keys.IsEmpty)
        {
            _bySubject.Remove(subject);
        }
    }

    private static int Bit(TableAction action, bool isAllow) => 1 << ((int)action + (isAllow ? 0 : DenyShift));
}
