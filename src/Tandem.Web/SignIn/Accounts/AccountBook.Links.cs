using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>What a link is for.</summary>
internal enum LinkPurpose
{
    /// <summary>Printed on the console: it signs in by being opened, since nothing but a person opens what a console shows.</summary>
    Console,

    /// <summary>Sent to somebody who is invited: a page asks first, so that a scanner of mails does not use it up.</summary>
    SignIn,

    /// <summary>Sent to somebody who shall choose a password.</summary>
    Password,
}

/// <summary>A link as it is kept: everything but its code.</summary>
internal sealed record KnownLink(string UserName, LinkPurpose Purpose, string Stamp);

/// <content>Links that work once. They are kept in the database, so they outlive a restart and work on every node.</content>
internal sealed partial class AccountBook
{
    /// <summary>How long a link is good for.</summary>
    public static TimeSpan LifetimeOf(LinkPurpose purpose) => purpose switch
    {
        LinkPurpose.Console => TimeSpan.FromHours(1),
        LinkPurpose.SignIn => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(1),
    };

    /// <summary>Makes a code that <c>/sign-in?code=…</c> takes once.</summary>
    /// <param name="user">Whom it signs in; it ends with the user's stamp.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="by">Who makes it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<string> AddLinkAsync(KnownUser user, LinkPurpose purpose, string by, CancellationToken cancellationToken)
    {
        var (code, context, now) = (SignIn.Tokens.New(), new WriteContext(by), Now());
        List<Write> writes =
        [
            new Write.Insert(
                new Patch(
                [
                    new("digest", SignIn.Tokens.DigestOf(code)), new("user_name", user.User.Name), new("purpose", NameOf(purpose)),
                    new("stamp", user.Stamp), new("expires_at", now + LifetimeOf(purpose)),
                ]),
                context),
        ];
        // What nobody used goes when the next one is made.
        var old = await tables.WritableTable(SystemTables.LinksName).QueryAsync(
            new Query { Filter = new Filter.Compare("expires_at", CompareOperator.LessOrEqual, now), First = 100 }, cancellationToken);
        writes.AddRange(old.Records.Select(r => new Write.Delete(r.Key, Guard.None, context)));
        while (await WriteAsync([.. writes.Select(_ => SystemTables.LinksName)], writes, cancellationToken) is { } refused)
        {
            if (writes.Count == 1)
            {
                throw new InvalidOperationException($"A sign-in link could not be kept: {refused}");
            }

            // Another node took the old ones away meanwhile.
            writes.RemoveRange(1, writes.Count - 1);
        }

        return code;
    }

    /// <summary>Looks what a code is for, and does not use it up.</summary>
    /// <returns>The link, or null when it was used already, expired or never given out.</returns>
    public async Task<KnownLink?> FindLinkAsync(string code, CancellationToken cancellationToken)
    {
        var (record, _) = await tables.GetAsync(SystemTables.LinksName, new RecordKey(SignIn.Tokens.DigestOf(code)), cancellationToken);
        return record is not null && record["expires_at"] is DateTimeOffset expires && expires > clock.GetUtcNow()
            ? new KnownLink((string)record["user_name"]!, PurposeOf(record["purpose"] as string), record["stamp"] as string ?? "")
            : null;
    }

    /// <summary>Uses a code up. Of several who try at once, on whatever node, one gets it.</summary>
    public async Task<KnownLink?> TakeLinkAsync(string code, CancellationToken cancellationToken)
    {
        if (await FindLinkAsync(code, cancellationToken) is not { } link)
        {
            return null;
        }

        var key = new RecordKey(SignIn.Tokens.DigestOf(code));
        if (await tables.IsFrozenAsync(SystemTables.LinksName, key, cancellationToken))
        {
            return null;
        }

        var taken = await tables.WritableTable(SystemTables.LinksName).WriteAsync(new Write.Delete(key, Guard.None, new WriteContext(link.UserName)), cancellationToken);
        return taken is WriteResult.Written ? link : null;
    }

    private static string NameOf(LinkPurpose purpose) => purpose switch
    {
        LinkPurpose.Console => "console",
        LinkPurpose.SignIn => "sign-in",
        _ => "password",
    };

    private static LinkPurpose PurposeOf(string? name) => name switch
    {
        "console" => LinkPurpose.Console,
        "password" => LinkPurpose.Password,
        _ => LinkPurpose.SignIn,
    };
}
