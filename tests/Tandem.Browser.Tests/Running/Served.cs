using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Specification.Servers;

namespace Tandem.Browser.Tests.Running;

/// <summary>A database of its own, the server before it, and a program's way in.</summary>
internal sealed class Served : IAsyncDisposable
{
    private readonly Dictionary<string, Task<string>> _cookies = [];
    private readonly Lock _lock = new();
    private readonly TempFolder _folder;
    private readonly string _database;

    private Served(Data data, Store store, TempFolder folder, string? database, string? sample = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        (Store, _folder) = (store, folder);
        _database = database ?? folder.File("bakery.db");
        Subject = Subject.Of(data, store);
        Process = new ServerProcess(database, folder.Path, sample) { Environment = environment ?? new Dictionary<string, string>() };
        Program = new HttpClient { BaseAddress = Process.Address };
        Program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServerProcess.AdministratorToken);
    }

    public Store Store { get; }

    public Subject Subject { get; }

    public ServerProcess Process { get; }

    public Uri Address => Process.Address;

    /// <summary>The administrator's program.</summary>
    public HttpClient Program { get; }

    public static async Task<Served> StartAsync(Data data, Store store, IReadOnlyDictionary<string, string>? environment = null)
    {
        var folder = new TempFolder();
        var database = (data, store) switch
        {
            (Data.Chinook, Store.Sqlite) => Chinook.CopyTo(folder),
            (Data.Chinook, _) => await ChinookAsync(),
            (_, Store.PostgreSql) => await (await PgServer.LogicalAsync()).CreateDatabaseAsync(await BakeryScriptAsync(), TestContext.Current.CancellationToken),
            _ => null,
        };
        var served = new Served(data, store, folder, database, environment: environment);
        await served.Process.StartAsync();
        return served;
    }

    /// <summary>One of the samples, with a database of its own where it has one.</summary>
    public static async Task<Served> StartSampleAsync(string sample)
    {
        var folder = new TempFolder();
        var served = new Served(Data.Bakery, Store.Sqlite, folder, sample == "Chat" ? null : folder.File("bakery.db"), sample);
        await served.Process.StartAsync();
        return served;
    }

    /// <summary>Another server before the same database.</summary>
    public async Task<Served> SecondNodeAsync()
    {
        var second = new Served(Subject.Table == "customers" ? Data.Bakery : Data.Chinook, Store, new TempFolder(), _database);
        await second.Process.StartAsync();
        return second;
    }

    /// <summary>Writes as a program that knows nothing of Tandem.</summary>
    public async Task WriteElsewhereAsync(string sql)
    {
        if (Store == Store.PostgreSql)
        {
            await PgServer.ExecuteAsync(_database, sql, TestContext.Current.CancellationToken);
            return;
        }

        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo("sqlite3", ["-cmd", ".timeout 5000", _database, sql]) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, error);
    }

    /// <summary>Adds a record.</summary>
    /// <returns>Its key.</returns>
    public async Task<string> AddAsync(string table, IReadOnlyDictionary<string, object?> values)
    {
        using var answer = await Program.PostAsJsonAsync($"/api/tables/{Uri.EscapeDataString(table)}", values, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return answer.Headers.Location!.OriginalString.Split('/')[^1];
    }

    /// <summary>Adds a person to work on.</summary>
    public Task<string> AddSubjectAsync(string? name = null) => AddAsync(Subject.Table, Subject.Fresh(name));

    /// <summary>What is stored.</summary>
    public async Task<JsonElement> ReadAsync(string table, string key) =>
        await Program.GetFromJsonAsync<JsonElement>($"/api/tables/{Uri.EscapeDataString(table)}/{key}", TestContext.Current.CancellationToken);

    public async Task<string?> ReadSubjectAsync(string key, string field) => (await ReadAsync(Subject.Table, key)).GetProperty(field).GetString();

    /// <summary>Changes fields, whatever they hold.</summary>
    public async Task ChangeAsync(string table, string key, IReadOnlyDictionary<string, object?> values)
    {
        using var answer = await Program.PatchAsync(
            $"/api/tables/{Uri.EscapeDataString(table)}/{key}",
            JsonContent.Create(values, new MediaTypeHeaderValue("application/merge-patch+json")), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task RemoveAsync(string table, string key)
    {
        using var answer = await Program.DeleteAsync($"/api/tables/{Uri.EscapeDataString(table)}/{key}", TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A token of somebody who may sign in.</summary>
    public async Task<(string Token, string Link)> InviteAsync(string name, string role)
    {
        using var answer = await Program.PostAsJsonAsync("/api/users", new { name, role }, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return (body.GetProperty("token").GetString()!, body.GetProperty("signInLink").GetString()!);
    }

    /// <summary>The cookies of somebody who signed in through the page; the first call signs in.</summary>
    public Task<string> CookiesAsync(string name, string role, IBrowser browser)
    {
        lock (_lock)
        {
            return _cookies.TryGetValue(name, out var known) ? known : _cookies[name] = SignInAsync(name, role, browser);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Program.Dispose();
        _folder.Dispose();
    }

    private async Task<string> SignInAsync(string name, string role, IBrowser browser)
    {
        var token = name == Scenario.Administrator ? ServerProcess.AdministratorToken : (await InviteAsync(name, role)).Token;
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(Address.ToString());
        await page.GetByLabel("Token").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByLabel($"Menu of {name}")).ToBeVisibleAsync();
        return await context.StorageStateAsync();
    }

    private static async Task<string> ChinookAsync()
    {
        var address = await (await PgServer.LogicalAsync()).CreateDatabaseAsync(null, TestContext.Current.CancellationToken);
        await Chinook.LoadAsync(address, TestContext.Current.CancellationToken);
        return address;
    }

    private static async Task<string> BakeryScriptAsync()
    {
        using var reader = new StreamReader(typeof(Served).Assembly.GetManifestResourceStream("bakery-postgresql.sql")!);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
