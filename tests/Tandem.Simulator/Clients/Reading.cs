using Tandem.Live;
using Tandem.Querying;

namespace Tandem.Simulator.Clients;

/// <summary>Looking at records, singly, together and in lists: nothing looks older than before.</summary>
internal static class Reading
{
    public static async Task RunAsync(Client client)
    {
        var (node, floor) = (client.Node, client.Node.Floor);
        for (var i = client.Schedule.Random.Next(1, 5); i > 0; i--)
        {
            Records.RecordKey[] keys = [.. Enumerable.Range(0, client.Schedule.Random.Next(1, 4)).Select(_ => client.AnyItem()).Distinct()];
            var known = keys.ToDictionary(k => k, floor.Of);
            if (keys.Length == 1)
            {
                var record = await node.Items.GetAsync(keys[0], node.Stopping);
                floor.Check(keys[0], known[keys[0]], record, client.World.AskedToDelete.Contains(keys[0]));
            }
            else
            {
                var records = (await node.Items.GetManyAsync(keys, client.Schedule.Chance(50) ? ["name", "rev"] : null, node.Stopping)).ToDictionary(r => r.Key);
                foreach (var key in keys)
                {
                    floor.Check(key, known[key], records.GetValueOrDefault(key), client.World.AskedToDelete.Contains(key));
                }
            }

            if (node.Options.IsFull)
            {
                await ListAsync(client);
            }

            await client.ThinkAsync();
        }
    }

    /// <summary>A full table answers lists from memory, so they are as new as single records.</summary>
    private static async Task ListAsync(Client client)
    {
        var floor = client.Node.Floor;
        var page = await client.Node.Items.QueryAsync(new Query { First = 100 }, client.Node.Stopping);
        foreach (var record in page.Records)
        {
            floor.Check(record.Key, floor.Of(record.Key), record, false);
        }

        BrokenInvariantException.Unless(
            page.Records.Count == await client.Node.Items.CountAsync(Filter.All), "a list is as long as its count", $"{client.Name} on {nameof(LiveTable)}");
    }
}
