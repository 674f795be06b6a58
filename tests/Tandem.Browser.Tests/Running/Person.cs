using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Tandem.Browser.Tests.Running;

/// <summary>Somebody at a browser of their own.</summary>
internal sealed class Person : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = new();

    private Person(string name, Served at, IBrowserContext context, IPage page)
    {
        (Name, At, Address, _context, Page) = (name, at, at.Address, context, page);
        page.PageError += (_, error) => _faults.Enqueue($"{page.Url}: {error}");
        page.Console += (_, message) => Hear(message);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(Address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                _faults.Enqueue($"{page.Url}: a request left the server's own address: {request.Url}");
            }
        };
    }

    public string Name { get; }

    public Served At { get; }

    /// <summary>Where the person finds the server: its own address, or that of a wire to it.</summary>
    public Uri Address { get; set; }

    public IPage Page { get; }

    /// <summary>Scripts that failed, policies that were violated, requests that left the server's own address.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public ILocator Notice => Page.Locator("[data-notice]");

    public ILocator Unsaved => Page.Locator("[data-unsaved]");

    public ILocator History => Page.Locator("[data-history]");

    public ILocator Arrivals => Page.Locator("[data-arrivals]");

    public ILocator Heading => Page.Locator("[data-heading]");

    public ILocator Banner(string kind) => Page.Locator($".banner[data-kind={kind}]");

    public static async Task<Person> ArriveAsync(string name, Served at, IBrowser browser, BrowserNewContextOptions options)
    {
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(15_000);
        return new Person(name, at, context, await context.NewPageAsync());
    }

    /// <summary>Opens a page and waits until it is live.</summary>
    public async Task OpenAsync(string path)
    {
        await VisitAsync(path);
        await LiveAsync();
    }

    /// <summary>Opens a page.</summary>
    public async Task VisitAsync(string path) => await Page.GotoAsync(new Uri(Address, path).ToString());

    public Task LiveAsync() => Expect(Page.Locator("[data-live-sign]")).ToHaveAttributeAsync("data-state", "live");

    public Task OpenSubjectAsync(string key) => OpenAsync($"/t/{At.Subject.Table}/{key}");

    /// <summary>A field of the record page.</summary>
    public ILocator Field(string name) => Page.Locator($"form[data-record] [data-field={Quote(name)}]");

    /// <summary>A field's control.</summary>
    public ILocator Input(string name) => Field(name).Locator(":is(input, select, textarea):not([type=hidden])").First;

    /// <summary>The note that a field followed somebody's save.</summary>
    public ILocator Follows(string name) => Field(name).Locator("[data-follows]");

    public ILocator Error(string name) => Field(name).Locator("[data-error]");

    /// <summary>A cell of the list.</summary>
    public ILocator Cell(string key, string field) => Page.Locator($"tr[data-key={Quote(key)}] td[data-field={Quote(field)}]");

    public Task TypeAsync(string field, string text) => Input(field).FillAsync(text);

    public async Task SaveAsync() => await Page.Locator("[data-save]").ClickAsync();

    public async Task SavedAsync()
    {
        await SaveAsync();
        await Expect(Notice).ToHaveTextAsync("Saved.");
    }

    public Task ShowsAsync(string field, string value) => Expect(Input(field)).ToHaveValueAsync(value);

    public Task InConflictAsync(string field) => Expect(Field(field)).ToHaveAttributeAsync("data-state", "conflict");

    public Task ClickAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Hear(IConsoleMessage message)
    {
        // The browser itself notes every refused answer and lost connection; what the page makes of them is what scenarios look at.
        if (message.Type == "error" && !Regex.IsMatch(message.Text, "^(Failed to load resource|WebSocket connection to)", RegexOptions.CultureInvariant))
        {
            _faults.Enqueue($"{Page.Url}: {message.Text}");
        }
    }

    private static string Quote(string text) => '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';
}
