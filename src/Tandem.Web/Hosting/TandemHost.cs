using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Activating;
using Tandem.Tables;
using Tandem.Web.SignIn;

namespace Tandem.Web.Hosting;

/// <summary>Opens the database and loads what sign-in needs before the server listens, and closes it after the last answer.</summary>
internal sealed partial class TandemHost(
    TandemApp app, IServiceProvider services, SigningKeys keys, UserStore users, BlockingCallWatch watch, TimeProvider clock, ILogger<TandemHost> logger)
    : IHostedLifecycleService, IAsyncDisposable
{
    private IDatabase? _database;
    private ActivationKeeper? _keeper;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var open = app.Options.Open
            ?? throw new InvalidOperationException("Tandem was given no database. Call UseSqlite, UsePostgreSql or UseMemory on the options of AddTandem.");
        app.Options.Leases.Check();
        app.Options.SignIn.Check();
        app.Options.Clock = clock;
        _database = await open(services, cancellationToken);
        app.Open(_database);
        await keys.LoadAsync(_database, cancellationToken);
        ActivationDeclaration.Check(app.Options.Activatables, _database);
        PolicyCheck.Run(app.Options.Policies, _database);
        app.Grants.Interrupted += LogGrantsInterrupted;
        await app.Grants.FollowAsync(_database, clock, cancellationToken);
        await users.StartAsync(_database, cancellationToken);
        _keeper = await ActivationKeeper.StartAsync(_database, clock, LogKeepingInterrupted, LogNotKept, cancellationToken);
        if (app.Options.LogBlockingCalls)
        {
            watch.Start();
        }

        LogOpened(_database.Name, _database.Product, _database.Tables.Count);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => CloseAsync();

    /// <summary>Closes what a start that failed half way left open.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _database, null) is { } database)
        {
            try
            {
                await users.StopAsync();
                if (Interlocked.Exchange(ref _keeper, null) is { } keeper)
                {
                    await keeper.DisposeAsync();
                }

                await app.Grants.DisposeAsync();
                await app.CloseLiveAsync();
            }
            finally
            {
                await database.DisposeAsync();
            }
        }
    }

    [LoggerMessage(1002, LogLevel.Warning, "Following the grants table was interrupted; it is read again")]
    private partial void LogGrantsInterrupted(Exception cause);

    [LoggerMessage(1003, LogLevel.Warning, "Keeping up which records are active was interrupted; it goes on")]
    private partial void LogKeepingInterrupted(Exception cause);

    [LoggerMessage(1004, LogLevel.Warning, "{Fault}")]
    private partial void LogNotKept(string fault);

    [LoggerMessage(1001, LogLevel.Debug, "Opened {Database} ({Product}) with {Tables} tables")]
    private partial void LogOpened(string database, string product, int tables);
}
