using Tandem.Live;
using Tandem.Live.Views;

namespace Guide;

public static class Standing
{
    public static async Task RunAsync(LiveTable<Product> products, CancellationToken cancellationToken)
    {
        var cheap = products.QueryOf(p => p.Price < 5 && p.Name.StartsWith("R"), by: p => p.Name, first: 20);
        await foreach (var update in products.WatchAsync(cheap, new WatchOptions { WithCount = true }, cancellationToken))
        {
            switch (update)
            {
                case ViewUpdate.Snapshot snapshot:
                    Console.WriteLine($"{snapshot.Rows.Count} rows of {snapshot.Count}, as of {snapshot.Cursor}");
                    break;
                case ViewUpdate.Changed changed:
                    foreach (var change in changed.Changes)
                    {
                        Console.WriteLine(change switch
                        {
                            ViewChange.Inserted inserted => $"row {inserted.Index} is new: {products.Read(inserted.Row.Record)}",
                            ViewChange.Updated updated => $"row {updated.Index} changed its {string.Join(", ", updated.Fields)}",
                            ViewChange.Moved moved => $"row {moved.From} moved to {moved.To}",
                            ViewChange.Removed removed => $"row {removed.Index} went",
                            _ => "",
                        });
                    }

                    break;
            }
        }
    }
}
