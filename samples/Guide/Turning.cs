using Tandem;
using Tandem.Activating;
using Tandem.Live;

namespace Guide;

internal static class Turning
{
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var options = new TandemOptions();

        // Where AddTandem brings the options, the application keeps records up by itself.
        options.Entity<Offer>().UseMemory();
        options.Activatable<Offer>(o => o.IsActive)
            .Switch(o => o.IsWanted)
            .From(o => o.ValidFrom)
            .Until(o => o.LastDay)
            .Mask(o => o.Hours)
            .In("Europe/Berlin");

        await using var database = await options.Open!(null!, cancellationToken);
        await using var keeper = await ActivationKeeper.StartAsync(database, TimeProvider.System, cancellationToken: cancellationToken);
        await using var offers = await LiveTable<Offer>.OpenAsync(database, cancellationToken: cancellationToken);

        await offers.AddAsync(new Offer { Name = "Stollen", IsWanted = true, LastDay = new DateOnly(2020, 1, 6) }, "Ana", cancellationToken);
        await offers.AddAsync(new Offer { Name = "Rolls", IsWanted = true }, "Ana", cancellationToken);
        var active = await offers.QueryAsync(o => o.IsActive);
        Console.WriteLine($"on offer: {string.Join(", ", active.Select(o => o.Name))}");
    }
}
