using Tandem.Records;

namespace Tandem.Tables;

/// <summary>Tells whether a guard holds.</summary>
internal static class GuardCheck
{
    /// <returns>Null when the guard holds; else the guarded fields that no longer hold what the writer started from, none when only the version token differs.</returns>
    public static IReadOnlyList<string>? Broken(Record current, Patch set, Guard guard)
    {
        List<string> broken = [];
        foreach (var (name, basis) in guard.Base)
        {
            if (current.Schema.Find(name) is not { } field)
            {
                continue;
            }

            var value = current[name];
            var settled = guard.AllowSettled && set.TryGetValue(name, out var mine) && Values.Same(field, value, mine);
            if (!settled && !Values.Same(field, value, basis))
            {
                broken.Add(name);
            }
        }

        return broken.Count > 0 || (guard.Version is not null && guard.Version != current.Version) ? broken : null;
    }
}
