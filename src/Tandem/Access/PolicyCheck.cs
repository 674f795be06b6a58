using Tandem.Tables;

namespace Tandem.Access;

/// <summary>Checks policies against the tables they are about, once, at start.</summary>
internal static class PolicyCheck
{
    /// <exception cref="ArgumentException">Some policies cannot be followed; all are named.</exception>
    public static void Run(IReadOnlyList<Policy> policies, IDatabase database)
    {
        List<string> faults = [];
        foreach (var policy in policies)
        {
            if (database.Find(policy.Table)?.Schema is not { } schema)
            {
                faults.Add($"There is no table '{policy.Table}' for a policy to be about. Name the table in Policy, or by [Table] on its class.");
                continue;
            }

            try
            {
                _ = policy.FilterOf(new User("somebody", Role.Member), schema);
                foreach (var action in policy.Actions)
                {
                    _ = policy.Withheld(schema, action).Count();
                }
            }
            catch (Exception e) when (e is TandemException or ArgumentException)
            {
                faults.Add(e.Message);
            }
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, faults));
        }
    }
}
