using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.Tests;

/// <summary>A whole server in this process, on a port of its own, over tables in memory.</summary>
public sealed class TandemServer : IAsyncDisposable
{
    public const string AdministratorToken = "administrator-token";
    public const string EditorToken = "editor-token";
    public const string ViewerToken = "viewer-token";
    private readonly WebApplication _app;

    private TandemServer(WebApplication app, Uri address) => (_app, Address) = (app, address);

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    public TandemApp Tandem => Services.GetRequiredService<TandemApp>();

    public static async Task<TandemServer> StartAsync(
        IDatabase? database = null, Action<WebApplication>? map = null, ListLog? log = null, Action<TandemOptions>? configure = null,
        Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddTandem(options =>
        {
            options.UseDatabase(() => database ?? Shop.Create());
            options.AdministratorToken = AdministratorToken;
            options.EditorToken = EditorToken;
            options.ViewerToken = ViewerToken;
            configure?.Invoke(options);
        });
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapTandemApi();
        // What a form needs to be taken for one of the server's own.
        app.MapGet("/form", (HttpContext context, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(context).RequestToken);
        map?.Invoke(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TandemServer(app, new Uri(app.Urls.Single()));
    }

    /// <summary>A client that sends a token, or nothing.</summary>
    public HttpClient Client(string? token = EditorToken)
    {
        // Addresses are sent as they are written: keys hold encoded slashes and dots.
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = new CookieContainer() })
        {
            BaseAddress = Address,
            Timeout = TimeSpan.FromSeconds(20),
        };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    /// <summary>The code of a link as the console prints it.</summary>
    public Task<string> CodeAsync(string name)
    {
        var users = Services.GetRequiredService<UserStore>();
        return users.Book.AddLinkAsync(users.FindKnown(name)!, LinkPurpose.Console, "console", TestContext.Current.CancellationToken);
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>A few tables with every kind of field and name.</summary>
internal static class Shop
{
    public const string Odd = "Bäcker's \"best\" / größte, 100%";

    public static MemoryDatabase Create()
    {
        var database = new MemoryDatabase { Name = "shop" };
        database.Add(new TableSchema(
            "products",
            [
                new Field("id", FieldType.Integer) { IsIdentity = true, HasDefault = true, IsNullable = false },
                new Field("name", FieldType.Text) { IsNullable = false, MaxLength = 40, IsUnique = true },
                new Field("price", FieldType.Decimal) { Precision = 10, Scale = 2, Minimum = 0 },
                new Field("since", FieldType.Date),
                new Field("status", FieldType.Text) { Choices = ["fresh", "stale"], HasDefault = true, DefaultValue = "fresh" },
                new Field("extras", FieldType.Json),
                new Field("picture", FieldType.Bytes),
                new Field("active", FieldType.Boolean),
                new Field("made_at", FieldType.Instant),
                new Field("secret", FieldType.Text) { IsSecret = true },
            ],
            ["id"]));
        database.Add(new TableSchema(
            Odd,
            [
                new Field("code", FieldType.Text) { IsNullable = false },
                new Field("part", FieldType.Integer) { IsNullable = false },
                new Field("best \"before\"", FieldType.Date),
            ],
            ["code", "part"]));
        database.Add(new TableSchema("words", [new Field("word", FieldType.Text) { IsNullable = false }, new Field("meaning", FieldType.Text)], ["word"]));
        database.Add(new TableSchema("totals", [new Field("sum", FieldType.Integer)], []) { IsView = true, ReadOnlyReason = "'totals' is a view. Change the tables behind it instead." });
        return database;
    }
}
