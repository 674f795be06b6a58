using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
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
        if (WrongUrl(options.Urls) is { } wrong)
        {
            return Failure.Say(wrong);
        }

        using var loggers = LoggerFactory.Create(l => Configure(l));
        IDatabase database;
        try
        {
            database = await DatabaseOpener.OpenAsync(options, loggers, cancellationToken);
        }
        catch (Exception e) when (e is DatabaseUnavailableException or FormatException or IOException or UnauthorizedAccessException)
        {
            return Failure.Say(e is UnauthorizedAccessException ? "The file may not be read or written. Give permission, or use --read-only." : e.Message);
        }

        await using var app = Build(options, database);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException or SocketException)
        {
            return Failure.Say($"The address {options.Urls} is taken or cannot be used. Choose another with --urls.");
        }

        await Banner.PrintAsync(app, options, database, cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static WebApplication Build(ServeOptions options, IDatabase database)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.AddServerHeader = false);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = s_stopWithin);
        builder.Services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
        Configure(builder.Logging);
        builder.Services.AddTandem(t => t.UseDatabase(() => database));
        var app = builder.Build();
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

    /// <summary>Looks at addresses before anything is opened or made.</summary>
    private static string? WrongUrl(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).DefaultIfEmpty(""))
        {
            BindingAddress address;
            try
            {
                address = BindingAddress.Parse(url);
            }
            catch (FormatException)
            {
                return $"'{url}' is no address to listen on. Write --urls http://127.0.0.1:5080.";
            }

            if (address.IsUnixPipe || address.Port == 0)
            {
                continue;
            }

            if (!IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
            {
                ip = address.Host == "localhost" ? IPAddress.Loopback : IPAddress.Any;
            }

            try
            {
                using var probe = new TcpListener(ip, address.Port);
                probe.Start();
            }
            catch (SocketException e)
            {
                return e.SocketErrorCode == SocketError.AccessDenied
                    ? $"Port {address.Port} may not be used by this user. Choose one above 1024 with --urls."
                    : e.SocketErrorCode == SocketError.AddressAlreadyInUse
                        ? $"Port {address.Port} is taken. Choose another with --urls, such as --urls http://127.0.0.1:{address.Port + 1}."
                        : $"'{url}' is not an address of this machine. Choose another with --urls.";
            }
        }

        return null;
    }
}
