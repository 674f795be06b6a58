using Tandem.Specification.Servers;

namespace Tandem.Browser.Tests.Running;

/// <summary>What all scenarios share: one browser and a server for each data on each store.</summary>
public sealed class Stage : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private readonly Lock _lock = new();
    private readonly Dictionary<(Data, Store), Task<Served>> _shared = [];
    private IPlaywright? _playwright;
    private Task<IBrowser>? _browser;

    public async ValueTask InitializeAsync()
    {
        SetDefaultExpectTimeout(15_000);
        _playwright = await Playwright.CreateAsync();
    }

    internal Task<IBrowser> BrowserAsync()
    {
        Missing.Unless(File.Exists(Chromium), "Chromium");
        lock (_lock)
        {
            return _browser ??= _playwright!.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Chromium,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
            });
        }
    }

    /// <summary>The server that scenarios share which leave each other's records alone.</summary>
    internal Task<Served> SharedAsync(Data data, Store store)
    {
        lock (_lock)
        {
            return _shared.TryGetValue((data, store), out var served) ? served : _shared[(data, store)] = Served.StartAsync(data, store);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var shared in _shared.Values.Where(s => s.IsCompletedSuccessfully))
        {
            await (await shared).DisposeAsync();
        }

        if (_browser is { IsCompletedSuccessfully: true })
        {
            await (await _browser).DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
