using System.Collections.Concurrent;
using Tandem.Access;
using Tandem.Schema;

namespace Tandem.Web.Tests.Access;

/// <summary>Says no to everything and remembers what it was asked.</summary>
internal sealed class DenyAll : IAccess
{
    private readonly ConcurrentQueue<(string? User, string? Table, TableAction Action)> _asked = new();

    /// <summary>What was asked since this was looked at last.</summary>
    public IReadOnlyList<(string? User, string? Table, TableAction Action)> Take()
    {
        List<(string?, string?, TableAction)> taken = [];
        while (_asked.TryDequeue(out var asked))
        {
            taken.Add(asked);
        }

        return taken;
    }

    public AccessDecision Decide(User? user, TableSchema? table, TableAction action)
    {
        _asked.Enqueue((user?.Name, table?.Name, action));
        return AccessDecision.Deny("Denied by the test.");
    }
}
