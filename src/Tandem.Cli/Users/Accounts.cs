using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Accounts;
using Tandem.Cli.Serve;
using Tandem.Tables;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Cli.Users;

/// <summary>The accounts of a database that the command line names.</summary>
internal sealed class Accounts(IDatabase database, AccountBook book)
{
    /// <summary>Who the journal says it was.</summary>
    public const string By = "console";

    public IDatabase Database => database;

    public AccountBook Book => book;

    /// <summary>Opens the database, acts, and closes it again.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> WithAsync(string? address, Func<Accounts, Task<int>> act, CancellationToken cancellationToken)
    {
        if (address is null && !File.Exists(DatabaseOpener.BakeryFile))
        {
            return Failure.Say($"There is no {DatabaseOpener.BakeryFile} here. Name the database with --database.");
        }

        try
        {
            // Nothing is listened to here, so nothing is set up for listening.
            var options = new ServeOptions(address, ServeOptions.DefaultUrl, IsReadOnly: false, Poll: null, NoReplication: true);
            await using var database = await DatabaseOpener.OpenAsync(options, NullLoggerFactory.Instance, cancellationToken);
            return await act(new Accounts(database, new AccountBook(new AccountTables(database, TimeProvider.System), new SignInOptions(), TimeProvider.System)));
        }
        catch (Exception e) when (DatabaseOpener.Explain(e) is { } fault)
        {
            return Failure.Say(fault);
        }
    }
}
