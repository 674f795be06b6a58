using System.CommandLine;
using System.Globalization;
using Tandem.Changes;
using Tandem.Leases;

namespace Tandem.Cli.Serve;

/// <summary>The command line of <c>tandem serve</c>.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var database = new Argument<string?>("DATABASE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "A SQLite file, postgresql://user:password@host/database, or a key-value connection string. Without it: a bakery's database, made here as bakery.db.",
        };
        // An option nobody knows would be taken for a file's name.
        database.Validators.Add(result =>
        {
            if (result.Tokens.Select(t => t.Value).FirstOrDefault(t => t.StartsWith('-')) is { } option)
            {
                result.AddError($"There is no option '{option}'");
            }
        });
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen; several are separated by a semicolon.",
            DefaultValueFactory = _ => ServeOptions.DefaultUrl,
        };
        var readOnly = new Option<bool>("--read-only") { Description = "Write nothing at all, not even Tandem's own tables." };
        var poll = new Option<TimeSpan?>("--poll")
        {
            Description = "How often to look for other programs' writes where the database does not tell by itself: 200, 200ms or 2s.",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (TryDuration(text) is { } duration)
                {
                    return duration;
                }

                result.AddError($"--poll '{text}' is no duration between 10ms and 1h. Write 500ms or 2s");
                return null;
            },
        };
        var noReplication = new Option<bool>("--no-replication") { Description = "On PostgreSQL, look for other programs' writes by polling even where replication is allowed." };
        var notify = new Option<bool>("--notify") { Description = "On PostgreSQL without replication, make triggers in the served tables that tell of other programs' writes at once." };
        var keepJournal = new Option<JournalRetention?>("--keep-journal")
        {
            Description = "How much of the journal to keep: 90d or 12h by age, 100000 by number of entries. Without it: all.",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (TryRetention(text) is { } retention)
                {
                    return retention;
                }

                result.AddError($"--keep-journal '{text}' is neither an age nor a number of entries. Write 90d, 12h or 100000");
                return null;
            },
        };
        var leases = new Option<LeaseMode>("--leases")
        {
            Description = "What it means that somebody is in a field: advisory shows who it is, enforced lets nobody else change it meanwhile, off shows nobody.",
            DefaultValueFactory = _ => LeaseMode.Advisory,
        };
        var openId = new Option<string?>("--openid") { Description = "The address of an OpenID provider that people may sign in by; more is read from TANDEM_OPENID_… in the environment." };
        var openIdClient = new Option<string?>("--openid-client") { Description = "What the provider calls this application. Its secret comes from TANDEM_OPENID_CLIENT_SECRET." };
        var activatable = ActivatableOption.Create();
        var command = new Command("serve", "Serve a database as a live application.")
        {
            database, urls, readOnly, poll, noReplication, notify, keepJournal, leases, openId, openIdClient, activatable,
        };
        command.SetAction((parsed, cancellationToken) => Server.RunAsync(
            new ServeOptions(parsed.GetValue(database), parsed.GetValue(urls)!, parsed.GetValue(readOnly), parsed.GetValue(poll), parsed.GetValue(noReplication))
            {
                Notify = parsed.GetValue(notify),
                KeepJournal = parsed.GetValue(keepJournal),
                Leases = parsed.GetValue(leases),
                OpenId = parsed.GetValue(openId),
                OpenIdClient = parsed.GetValue(openIdClient),
                Activatable = parsed.GetValue(activatable) ?? [],
            },
            cancellationToken));
        return command;
    }

    private static JournalRetention? TryRetention(string text)
    {
        var digits = text.TrimEnd('d', 'h');
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 1_000_000_000)
        {
            return null;
        }

        return text[digits.Length..] switch
        {
            "" => new JournalRetention { Entries = number },
            "d" when number <= 36_500 => new JournalRetention { Age = TimeSpan.FromDays(number) },
            "h" when number <= 876_000 => new JournalRetention { Age = TimeSpan.FromHours(number) },
            _ => null,
        };
    }

    private static TimeSpan? TryDuration(string text)
    {
        var (number, factor) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1)
            : text.EndsWith('s') ? (text[..^1], 1000)
            : (text, 1);
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * factor is >= 10 and <= 3_600_000
            ? TimeSpan.FromMilliseconds(value * factor)
            : null;
    }
}

/// <summary>What <c>tandem serve</c> was told.</summary>
/// <param name="Database">The database, or null for the bakery's.</param>
/// <param name="Urls">Where to listen.</param>
/// <param name="IsReadOnly">Whether to write nothing.</param>
/// <param name="Poll">How often to poll, or null for the database's default.</param>
/// <param name="NoReplication">Whether to poll even where replication is allowed.</param>
internal sealed record ServeOptions(string? Database, string Urls, bool IsReadOnly, TimeSpan? Poll, bool NoReplication)
{
    /// <summary>Whether triggers may be made that tell of other programs' writes.</summary>
    public bool Notify { get; init; }

    /// <summary>What it means that somebody is in a field.</summary>
    public LeaseMode Leases { get; init; }

    /// <summary>The OpenID provider that the command line names, or null.</summary>
    public string? OpenId { get; init; }

    /// <summary>What that provider calls this application, or null.</summary>
    public string? OpenIdClient { get; init; }

    /// <summary>The tables whose records are active or inactive.</summary>
    public IReadOnlyList<ActivatableOption> Activatable { get; init; } = [];

    /// <summary>How much of the journal to keep, or null for all.</summary>
    public JournalRetention? KeepJournal { get; init; }

    /// <summary>Tells an application what was said of tables.</summary>
    public TandemOptions Tell(TandemOptions application)
    {
        foreach (var table in Activatable)
        {
            table.AddTo(application);
        }

        return application;
    }

    public const string DefaultUrl = "http://127.0.0.1:5080";
}
