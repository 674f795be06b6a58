using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Accounts;
using Tandem.Admin;
using Tandem.Tables;
using Tandem.Web;
using Tandem.Web.SignIn;

namespace Tandem.Cli.Serve;

/// <summary>Serves one database until stopped.</summary>
internal static class Server
{
    /// <summary>Open requests get this long to end after Ctrl+C; pages were told before.</summary>
    private static readonly TimeSpan s_stopWithin = TimeSpan.FromSeconds(1.5);

    public static async Task<int> RunAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        if (ListenAddresses.FindMalformed(options.Urls) is { } malformed)
        {
            return Failure.Say(malformed);
        }

        using var loggers = LoggerFactory.Create(l => Configure(l));
        // Nothing is made for an address that cannot be had; that the database is wrong is told first all the same.
        if (ListenAddresses.FindTaken(options.Urls) is { } taken)
        {
            return Failure.Say(await DatabaseOpener.FindFaultAsync(options, loggers, cancellationToken) ?? taken);
        }

        OpenIdOptions? openId;
        try
        {
            openId = OpenIdSettings.Read(options.OpenId, options.OpenIdClient, Environment.GetEnvironmentVariable);
            new TandemOptions { SignIn = { OpenId = openId } }.SignIn.Check();
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return Failure.Say(e.Message);
        }

        IDatabase database;
        try
        {
            database = await DatabaseOpener.OpenAsync(options, loggers, cancellationToken);
        }
        catch (Exception e) when (DatabaseOpener.Explain(e) is { } fault)
        {
            return Failure.Say(fault);
        }

        await using var app = Build(options, database, openId);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (ArgumentException e) when (options.Activatable.Count > 0)
        {
            return Failure.Say(e.Message);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException or SocketException)
        {
            return Failure.Say($"The address {options.Urls} is taken or cannot be used. Choose another with --urls.");
        }

        await Banner.PrintAsync(app, options, database, cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static WebApplication Build(ServeOptions options, IDatabase database, OpenIdOptions? openId)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.AddServerHeader = false);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = s_stopWithin);
        builder.Services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
        Configure(builder.Logging);
        builder.Services.AddTandem(t =>
        {
            t.UseDatabase(() => database);
            t.Leases.Mode = options.Leases;
            t.SignIn.OpenId = openId;
            options.Tell(t);
        });
        builder.Services.AddSingleton(new IdleMemory(TimeProvider.System));
        builder.Services.AddHostedService(s => s.GetRequiredService<IdleMemory>());
        var app = builder.Build();
        app.Services.GetRequiredService<IdleMemory>().Watch(app);
        app.MapTandem();
        return app;
    }

    private static void Configure(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(c =>
        {
            c.SingleLine = true;
            c.TimestampFormat = "HH:mm:ss ";
        });
        logging.SetMinimumLevel(LogLevel.Warning);
        // A port that is taken is told in one line of our own.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }
}
