using Tandem.Leases;
using Tandem.Records;
using Tandem.Tables;

namespace Guide;

public static class Leasing
{
    public static async Task RunAsync(IDatabase database, ITable products, RecordKey rye)
    {
        var leases = new TableLeases(database.FindSystem(SystemTables.LeasesName)!, TimeProvider.System);
        if (await leases.AcquireAsync("stocktaking", "Ana", TimeSpan.FromSeconds(30)) is LeaseResult.Granted { Lease: var lease })
        {
            // Should the lease be taken over while this is on its way, nothing is written.
            var write = new Write.Update(rye, Patch.Of("stock", 17L), Guard.None, new WriteContext("Ana")) { Fence = lease.Fence };
            Console.WriteLine(await products.WriteAsync(write));
            await leases.ReleaseAsync(lease);
        }
    }
}
