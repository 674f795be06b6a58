using Tandem.Access;
using Tandem.Leases;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Permits;

namespace Tandem.Web.Live.Leases;

/// <content>
/// What pages are told. Leases are heard of from several sides at once: the store's updates, the clock, a page's own entering. So no message
/// carries what some side heard; it says who holds the field at the moment it is put into the page's queue, under one lock that also numbers
/// it. What a page hears with a higher number is therefore never older, also where an answer overtakes a message on the way.
/// </content>
internal sealed partial class FieldLeases
{
    private long _told;

    /// <summary>Tells a page who is in the fields of records that it begins to show.</summary>
    public async Task TellHeldAsync(LiveConnection page, IEnumerable<WatchedPart> parts, CancellationToken cancellationToken)
    {
        foreach (var (field, _) in parts.SelectMany(p => (p.Keys ?? []).SelectMany(k => _known.Of(p.Table, k))))
        {
            if (app.Find(field.Table) is { } table && RecordKey.TryParse(table.Schema, field.Key, out var key) && await MaySeeAsync(page.User, table, key, cancellationToken))
            {
                Tell(page, field);
            }
        }
    }

    private async Task TellAsync(IReadOnlyList<(LeasedField Field, Lease? Lease)> changed, CancellationToken cancellationToken)
    {
        foreach (var (field, lease) in changed)
        {
            if (lease is not null)
            {
                Drop(field, h => h.Lease.Token < lease.Token);
            }
            else if (Find(field) is { } own && (await Store.FindAsync(field.Resource, cancellationToken))?.Token != own.Lease.Token)
            {
                // The end may be that of an earlier lease, told after the field was entered again: then the store has the newer one.
                Drop(field, h => h == own);
            }

            if (app.Find(field.Table) is { } table && RecordKey.TryParse(table.Schema, field.Key, out var key))
            {
                foreach (var page in index.Showing(field.Table, key))
                {
                    if (await MaySeeAsync(page.User, table, key, cancellationToken))
                    {
                        Tell(page, field);
                    }
                }
            }
        }
    }

    private LeaseMessage Tell(LiveConnection page, LeasedField field)
    {
        lock (_lock)
        {
            var own = _own.GetValueOrDefault(field);
            var lease = _known.Find(field);
            if (own is not null && own.Lease.Token >= (lease?.Token ?? 0))
            {
                lease = own.Lease;
            }

            var message = new LeaseMessage(
                field.Table, field.Key, field.Field, ++_told, lease?.Owner, own?.Page == page && own.Lease.Token == lease?.Token,
                lease?.TakenFrom, Options.ModeOf(field.Table, field.Field) == LeaseMode.Enforced);
            page.Send(message);
            return message;
        }
    }

    /// <summary>The answer to a page that holds a field. It says the same as the message, and the page goes by whichever comes first.</summary>
    private FocusAnswer Mine(LiveConnection page, LeasedField field) =>
        Tell(page, field) is { IsMine: true } told ? new FocusAnswer(true, page.User, null, told) : new FocusAnswer(false, Find(field)?.Lease.Owner, null);

    private async ValueTask<bool> MaySeeAsync(string user, ITable table, RecordKey key, CancellationToken cancellationToken) =>
        app.Access.Decide(users.Find(user), table.Schema, TableAction.View) is { IsAllowed: true } decision
        && (decision.Filter is Querying.Filter.AllFilter || await Permitted.FindAsync(table, key, decision.Filter, cancellationToken) is not null);
}
