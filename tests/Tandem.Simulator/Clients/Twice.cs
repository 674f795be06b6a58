using Tandem.Records;
using Tandem.Simulator.Network;
using Tandem.Tables;

namespace Tandem.Simulator.Clients;

/// <summary>The same write sent again and again until it is answered, and then once more: it is done once.</summary>
internal static class Twice
{
    public static async Task RunAsync(Client client)
    {
        var facts = client.Actor("t", isBlind: true);
        var write = new Write.Insert(new Patch([new("name", client.Text()), new("shelf", 1L)]), new WriteContext(facts.Actor)) { Id = Guid.CreateVersion7() };
        for (var answers = 0; answers < 2;)
        {
            try
            {
                var result = await client.Node.Items.WriteAsync(write, client.Node.Stopping);
                client.Note($"creates: {WriteText.Of(result)}");
                answers++;
            }
            catch (IOException)
            {
                await client.ThinkAsync();
            }
        }

        BrokenInvariantException.Unless(facts.Done.Count == 1, "creating twice stores once", $"{facts.Actor} stored {facts.Done.Count}");
    }
}
