using System.Collections.Concurrent;
using System.Threading.Channels;
using Tandem.Records;
using Tandem.Access;
using Tandem.Querying;
using Tandem.Web.SignIn;

namespace Tandem.Web.Live;

/// <summary>One open page: what it watches and a short queue of what it has not been sent yet.</summary>
/// <remarks>A page that does not keep up loses its queue and is told to read again what it shows; it delays nobody and holds no memory.</remarks>
/// <param name="id">The connection's id.</param>
/// <param name="user">Whose page it is.</param>
/// <param name="abort">Ends the connection.</param>
/// <param name="signedIn">The user as signed in: with a token's scopes, or seen by an administrator. Default: null, for neither.</param>
internal sealed class LiveConnection(string id, string user, Action abort, User? signedIn = null)
{
    private const int Capacity = 256;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _catchUp;
    private readonly Channel<object> _queue = Channel.CreateBounded<object>(new BoundedChannelOptions(Capacity)
    {
        SingleReader = true,
        FullMode = BoundedChannelFullMode.Wait,
    });

    /// <summary>Stands in the queue for everything that did not fit.</summary>
    public static object Reset { get; } = new();

    public string Id => id;

    public string User => user;

    /// <summary>Tells pages of one user apart that may see different things.</summary>
    public string RightsKey { get; } = signedIn?.Scopes is { } scopes ? $"{user}\n{string.Join(' ', scopes)}" : user;

    /// <summary>The administrator who looks through the user's eyes, or null.</summary>
    public string? SeenBy => signedIn?.SeenBy;

    /// <summary>What the user might do with the tables shown when the page last asked.</summary>
    public string RightsPrint { get; set; } = "";

    /// <summary>The user with the rights of this moment; null when gone, or when whoever looks through the user's eyes may no longer.</summary>
    public User? UserNow(UserStore users) =>
        users.Find(user) is not { } now || (signedIn?.SeenBy is { } watcher && users.Find(watcher)?.Role != Role.Administrator)
            ? null
            : signedIn is null ? now : now with { Scopes = signedIn.Scopes, SeenBy = signedIn.SeenBy };

    public ChannelReader<object> Queue => _queue.Reader;

    /// <summary>What the page registered, by id. Changed by one call of the page at a time, read by whoever tells of changed rights.</summary>
    public ConcurrentDictionary<string, WatchedPart> Parts { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the page is gone, so that nothing may be held for it any more. Used under the lock of <see cref="HeldRecords"/>.</summary>
    public bool HasLeft { get; set; }

    /// <summary>What the page watches, by table. Replaced as a whole under the index's lock.</summary>
    public IReadOnlyDictionary<string, Watched> Tables { get; set; } = new Dictionary<string, Watched>();

    /// <summary>Watches on the feed that end when the page shows something else.</summary>
    public IReadOnlyList<IDisposable> FeedWatches { get; set; } = [];

    /// <summary>While missed changes are on their way, a live cursor would step over them.</summary>
    public volatile bool IsCatchingUp;

    /// <summary>Begins a catch-up in place of one that may still run.</summary>
    public CancellationTokenSource BeginCatchUp(CancellationToken stopping)
    {
        lock (_lock)
        {
            _catchUp?.Cancel();
            IsCatchingUp = true;
            return _catchUp = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        }
    }

    public void EndCatchUp(CancellationTokenSource ended)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_catchUp, ended))
            {
                _catchUp = null;
                IsCatchingUp = false;
            }

            ended.Dispose();
        }
    }

    public void StopCatchUp()
    {
        lock (_lock)
        {
            _catchUp?.Cancel();
        }
    }

    public void Send(object message)
    {
        if (_queue.Writer.TryWrite(message))
        {
            return;
        }

        // What is dropped here is read again by the page; that its rights are others says more than that.
        var last = message == LiveBroker.RightsChanged ? message : Reset;
        while (_queue.Reader.TryRead(out var dropped))
        {
            last = dropped == LiveBroker.RightsChanged ? dropped : last;
        }

        _queue.Writer.TryWrite(last);
    }

    public void Complete() => _queue.Writer.TryComplete();

    public void Abort() => abort();
}

/// <summary>What a page shows of one table.</summary>
/// <param name="Keys">The records shown.</param>
/// <param name="Fields">The fields shown, or null for all.</param>
/// <param name="Whole">Whether records not shown matter too.</param>
/// <param name="Filter">Which records belong to the page's list.</param>
/// <param name="Deciding">The fields that decide a record's place in the list beside the filter's; null when every field does.</param>
internal sealed record Watched(
    IReadOnlySet<RecordKey> Keys, IReadOnlySet<string>? Fields, bool Whole, Filter Filter, IReadOnlySet<string>? Deciding);
