namespace Tandem.Browser.Tests.Running;

/// <summary>A scenario's people and servers. Afterwards no page may have had a fault; when the scenario failed, pictures tell where everybody stood.</summary>
public abstract class Scenario(Stage stage) : IAsyncLifetime
{
    internal const string Administrator = "administrator";
    internal const string Mira = "Mira Holm";
    internal const string Tom = "Tom Ek";
    internal const string Viewer = "Vic Lund";

    private readonly List<Person> _people = [];
    private readonly List<Served> _own = [];

    public static TheoryData<Data, Store> Everywhere { get; } = new()
    {
        { Data.Chinook, Store.Sqlite },
        { Data.Chinook, Store.PostgreSql },
        { Data.Bakery, Store.Sqlite },
        { Data.Bakery, Store.PostgreSql },
    };

    /// <summary>Both data and both stores, for what depends little on how they meet.</summary>
    public static TheoryData<Data, Store> Across { get; } = new() { { Data.Chinook, Store.PostgreSql }, { Data.Bakery, Store.Sqlite } };

    /// <summary>The folder of the repository.</summary>
    internal static string Root { get; } = AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf("/artifacts/", StringComparison.Ordinal)];

    /// <summary>Waits until an element is its page's active one. Whether the browser's window has the focus of the desktop is another matter: without one, and on a busy machine, it may not.</summary>
    internal static async Task IsActiveAsync(ILocator element)
    {
        var handle = await element.ElementHandleAsync();
        await element.Page.WaitForFunctionAsync("e => document.activeElement === e", handle);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var faults = _people.SelectMany(p => p.Faults).ToList();
        if (TestContext.Current.TestState?.Result == TestResult.Failed || faults.Count > 0)
        {
            await PictureAsync();
        }

        foreach (var person in _people)
        {
            await person.DisposeAsync();
        }

        foreach (var served in _own)
        {
            await served.DisposeAsync();
        }

        Assert.Empty(faults);
    }

    /// <summary>The server shared by scenarios that leave each other's records alone.</summary>
    internal Task<Served> SharedAsync(Data data, Store store) => stage.SharedAsync(data, store);

    /// <summary>A server for this scenario alone.</summary>
    internal async Task<Served> OwnAsync(Data data, Store store, IReadOnlyDictionary<string, string>? environment = null)
    {
        var served = await Served.StartAsync(data, store, environment);
        _own.Add(served);
        return served;
    }

    /// <summary>A sample, run for this scenario alone.</summary>
    internal async Task<Served> SampleAsync(string sample)
    {
        var served = await Served.StartSampleAsync(sample);
        _own.Add(served);
        return served;
    }

    /// <summary>A second server before the database of the first.</summary>
    internal async Task<Served> SecondNodeAsync(Served first)
    {
        var second = await first.SecondNodeAsync();
        _own.Add(second);
        return second;
    }

    /// <summary>Somebody who is signed in.</summary>
    internal async Task<Person> PersonAsync(string name, Served at, BrowserNewContextOptions? options = null)
    {
        var browser = await stage.BrowserAsync();
        options ??= new BrowserNewContextOptions();
        options.StorageState = await at.CookiesAsync(name, name == Viewer ? "viewer" : "editor", browser);
        return await ArriveAsync(name, at, options);
    }

    /// <summary>Somebody who is not.</summary>
    internal async Task<Person> StrangerAsync(Served at, BrowserNewContextOptions? options = null) =>
        await ArriveAsync("nobody", at, options ?? new BrowserNewContextOptions());

    private async Task<Person> ArriveAsync(string name, Served at, BrowserNewContextOptions options)
    {
        var person = await Person.ArriveAsync(name, at, await stage.BrowserAsync(), options);
        _people.Add(person);
        return person;
    }

    private async Task PictureAsync()
    {
        var test = string.Concat((TestContext.Current.Test?.TestDisplayName ?? "scenario").Split('.')[^1].Select(c => char.IsLetterOrDigit(c) ? c : '-'));
        foreach (var person in _people)
        {
            await person.Page.ScreenshotAsync(new() { Path = Path.Combine(Root, "artifacts", "pictures", $"{test}-{person.Name.Replace(' ', '-')}.png"), FullPage = true });
        }
    }
}
