using System.Net;
using System.Net.Sockets;
using Tandem.Cli.Tests.Databases;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Serving;

/// <summary>Whatever is wrong is said in one line that names the remedy, with exit code 2.</summary>
public sealed class WrongInputTests(PgCluster cluster) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("There is no file 'nowhere.db'. Name a SQLite file that exists.", "serve", "nowhere.db")]
    [InlineData("'.' is a folder. Name a SQLite file in it.", "serve", ".")]
    [InlineData("'text.db' is not a SQLite database. Name a SQLite file, or a PostgreSQL address that begins with postgresql://.", "serve", "text.db")]
    [InlineData("'short.db' is not a SQLite database. Name a SQLite file, or a PostgreSQL address that begins with postgresql://.", "serve", "short.db")]
    [InlineData("Cannot connect to PostgreSQL at 127.0.0.1:1. Check that the server runs and the address is right.", "serve", "postgresql://me@127.0.0.1:1/shop")]
    [InlineData("Cannot connect to PostgreSQL at no-such-host.invalid:5432. Check that the server runs and the address is right.", "serve", "postgresql://me@no-such-host.invalid/shop")]
    [InlineData("This is not an address of a PostgreSQL database. Write it as postgresql://user:password@host:5432/database.", "serve", "postgresql://me:se cret@[host/shop")]
    [InlineData("This is not an address of a PostgreSQL database. Write it as postgresql://user:password@host:5432/database.", "serve", "postgresql://me@host/shop?colour=blue")]
    [InlineData("This is not an address of a PostgreSQL database. Write it as postgresql://user:password@host:5432/database.", "serve", "host=here;colour=blue")]
    [InlineData("'nonsense' is no address to listen on. Write --urls http://127.0.0.1:5080.", "serve", "--urls", "nonsense")]
    [InlineData("'ftp://127.0.0.1:0' is no address to listen on. Write --urls http://127.0.0.1:5080.", "serve", "--urls", "ftp://127.0.0.1:0")]
    [InlineData("'http://127.0.0.1:99999' is no address to listen on. Write --urls http://127.0.0.1:5080.", "serve", "--urls", "http://127.0.0.1:99999")]
    [InlineData("'' is no address to listen on. Write --urls http://127.0.0.1:5080.", "serve", "--urls", "")]
    [InlineData("'http://192.0.2.1:5080' is not an address of this machine. Choose another with --urls.", "serve", "--urls", "http://192.0.2.1:5080")]
    [InlineData("There is no option '--colour'. Run 'tandem serve --help' for what there is.", "serve", "--colour")]
    [InlineData("There is no option '--colour'. Run 'tandem --help' for what there is.", "--colour")]
    [InlineData("--poll 'often' is no duration between 10ms and 1h. Write 500ms or 2s. Run 'tandem serve --help' for what there is.", "serve", "--poll", "often")]
    [InlineData("--poll '1ms' is no duration between 10ms and 1h. Write 500ms or 2s. Run 'tandem serve --help' for what there is.", "serve", "--poll", "1ms")]
    [InlineData("--keep-journal 'soon' is neither an age nor a number of entries. Write 90d, 12h or 100000. Run 'tandem serve --help' for what there is.", "serve", "--keep-journal", "soon")]
    [InlineData("--keep-journal '0d' is neither an age nor a number of entries. Write 90d, 12h or 100000. Run 'tandem serve --help' for what there is.", "serve", "--keep-journal", "0d")]
    [InlineData("One database is served at a time; 'two.db' is one too many. Run 'tandem serve --help' for what there is.", "serve", "one.db", "two.db")]
    [InlineData("There is no bakery.db here. Name the database with --database.", "user", "list")]
    [InlineData("There is no file 'nowhere.db'. Name a SQLite file that exists.", "user", "add", "Mia", "--database", "nowhere.db")]
    [InlineData("Say what to do, such as 'tandem user list'. Run 'tandem user --help' for what there is.", "user")]
    [InlineData("There is nothing called 'bake' to do with users. Run 'tandem user --help' for what there is.", "user", "bake")]
    [InlineData("Say whom: the user's name is missing. Run 'tandem user add --help' for what there is.", "user", "add")]
    [InlineData("'Ben' is one too many. Run 'tandem user disable --help' for what there is.", "user", "disable", "Mia", "Ben")]
    [InlineData("There is no option '--secret'. Run 'tandem user password --help' for what there is.", "user", "password", "Mia", "--secret")]
    [InlineData("TandemOptions.SignIn: Authority must be an https address, but is 'http://provider.example'.", "serve", "--openid", "http://provider.example", "--openid-client", "tandem", "--urls", "http://127.0.0.1:0")]
    [InlineData("The OpenID provider needs to know who asks. Set --openid-client or TANDEM_OPENID_CLIENT_ID.", "serve", "--openid", "https://provider.example")]
    [InlineData("There is no command 'bake'. Run 'tandem --help' for what there is.", "bake")]
    [InlineData("Say what to do, such as 'tandem serve'. Run 'tandem --help' for what there is.")]
    public async Task Command_GivenWrongInput_SaysTheRemedyInOneLine(string said, params string[] arguments)
    {
        await File.WriteAllTextAsync(_folder.File("text.db"), string.Concat(Enumerable.Repeat("This is a text and no database.\n", 100)), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.File("short.db"), "x", TestContext.Current.CancellationToken);
        await EndsSayingAsync(said, arguments);
        Assert.Equal(["short.db", "text.db"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Command_PortTaken_SaysWhichAndAnother()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await EndsSayingAsync($"Port {port} is taken. Choose another with --urls, such as --urls http://127.0.0.1:{port + 1}.", "serve", "--urls", $"http://127.0.0.1:{port}");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Command_PortTakenAndDatabaseWrong_TellsOfTheDatabase()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await EndsSayingAsync(
            "There is no file 'nowhere.db'. Name a SQLite file that exists.", "serve", "nowhere.db", "--urls", $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}");
    }

    [Fact]
    public async Task Command_RefusedByPostgreSql_SaysWhat()
    {
        await cluster.StartAsync();
        var where = $"The server at 127.0.0.1:{cluster.Port}";
        await EndsSayingAsync($"{where} refuses user 'guarded': wrong user or password. Check both.", "serve", cluster.Address("postgres", PgCluster.Guarded, "wrong"));
        await EndsSayingAsync($"{where} refuses user 'guarded': wrong user or password. Check both.", "serve", cluster.Address("postgres", PgCluster.Guarded));
        await EndsSayingAsync($"{where} refuses user 'nobody': wrong user or password. Check both.", "serve", cluster.Address("postgres", "nobody"));
        await EndsSayingAsync($"{where} has no database 'nowhere'. Check the name.", "serve", cluster.Address("nowhere"));
    }

    private async Task EndsSayingAsync(string said, params string[] arguments)
    {
        await using var process = TandemProcess.Start(_folder.Path, arguments);
        Assert.Equal(2, await process.EndedAsync());
        Assert.Equal(["tandem: " + said], process.Errors);
    }
}
