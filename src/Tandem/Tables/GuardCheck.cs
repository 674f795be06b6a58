using Tandem.Records;

namespace Tandem.Tables;

/// <summary>Names the guarded fields that no longer hold what the writer started from.</summary>
internal static class GuardCheck
{
    public static IReadOnlyList<string> Broken(Record current, Patch set, Guard guard)
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

        return broken;
    }
}
