using System.Runtime.ExceptionServices;
using Tandem.Changes;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Leases;

/// <summary>
/// Leases as records of a table, written by guarded writes: whoever's guard holds has the lease. So leases are journalled, live and
/// shown as any record is. The table must be the source itself, not a copy of it.
/// </summary>
/// <param name="leases">A table shaped as <see cref="SystemTables.Leases"/>: <c>database.FindSystem(SystemTables.LeasesName)</c>.</param>
/// <param name="clock">Tells when leases end. Nodes whose clocks differ by more than a lease's duration take leases from each other too early; a fenced write is refused all the same.</param>
public sealed partial class TableLeases(ITable leases, TimeProvider clock) : ILeaseStore
{
    // Each round of a race has a winner, so one who loses this often meets others who keep winning and letting go.
    private const int MaxRounds = 32;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private readonly PatientSender _sender = new(clock, s_patience);

    public Task<LeaseResult> AcquireAsync(string resource, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
        TakeAsync(resource, owner, duration, force: false, cancellationToken);

    public Task<LeaseResult> TakeOverAsync(string resource, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
        TakeAsync(resource, owner, duration, force: true, cancellationToken);

    public async Task<LeaseResult> RenewAsync(Lease lease, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        Check(lease.Resource, lease.Owner, duration);
        var known = lease.Until;
        while (true)
        {
            // Two renewals at once must not take back what one of them added, so the end is guarded too.
            var until = Later(known, clock.GetUtcNow() + duration);
            var answer = await SendAsync(
                new Write.Update(new RecordKey(lease.Resource), Patch.Of("until", until), Held(lease.Token, known), new WriteContext(lease.Owner)), cancellationToken).ConfigureAwait(false);
            var current = (answer as WriteResult.Written)?.Stored ?? (answer as WriteResult.Conflicted)?.Current;
            if (current is null)
            {
                return answer is WriteResult.Missing ? new LeaseResult.Lost() : throw Unexpected(answer);
            }

            var now = Read(current);
            if (now.Token != lease.Token)
            {
                return now.Until > clock.GetUtcNow() ? new LeaseResult.Held(now) : new LeaseResult.Lost();
            }

            if (answer is WriteResult.Written)
            {
                return new LeaseResult.Granted(now);
            }

            known = now.Until;
        }
    }

    public async Task<bool> ReleaseAsync(Lease lease, CancellationToken cancellationToken = default)
    {
        var answer = await SendAsync(new Write.Delete(new RecordKey(lease.Resource), Held(lease.Token), new WriteContext(lease.Owner)), cancellationToken).ConfigureAwait(false);
        return answer is WriteResult.Written;
    }

    public async Task<Lease?> FindAsync(string resource, CancellationToken cancellationToken = default) =>
        await leases.GetAsync(new RecordKey(resource), cancellationToken).ConfigureAwait(false) is { } record && Read(record) is var lease && lease.Until > clock.GetUtcNow() ? lease : null;

    private async Task<LeaseResult> TakeAsync(string resource, string owner, TimeSpan duration, bool force, CancellationToken cancellationToken)
    {
        Check(resource, owner, duration);
        var key = new RecordKey(resource);
        var current = await leases.GetAsync(key, cancellationToken).ConfigureAwait(false);
        for (var round = 1; ; round++)
        {
            var now = clock.GetUtcNow();
            var held = current is null ? null : Read(current);
            if (held is not null && (round > MaxRounds || (held.Until > now && !force)))
            {
                return new LeaseResult.Held(held);
            }

            var by = new WriteContext(owner);
            var last = held?.Token ?? await LastTokenAsync(key, cancellationToken).ConfigureAwait(false);
            var lease = new Lease(resource, owner, Math.Max(last + 1, now.ToUnixTimeMilliseconds()), now + duration, force && held?.Until > now ? held.Owner : null);
            Write write = held is null ? new Write.Insert(Values(lease), by) : new Write.Update(key, Values(lease).Without(["resource"]), Held(held.Token, held.Until), by);
            switch (await SendAsync(write, cancellationToken).ConfigureAwait(false))
            {
                case WriteResult.Written written:
                    // Where a lost answer was asked for again, somebody else may have the lease by now.
                    return Read(written.Stored) is var stored && stored.Token == lease.Token ? new LeaseResult.Granted(stored) : new LeaseResult.Held(stored);
                case WriteResult.Conflicted conflicted:
                    current = conflicted.Current;
                    break;
                case WriteResult.Rejected rejected when held is not null || round > MaxRounds:
                    throw new ArgumentException(string.Join(' ', rejected.Errors.Select(e => e.Message)), nameof(resource));
                default:
                    // Another was first, or let go meanwhile: look again.
                    current = await leases.GetAsync(key, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>The token of the last holder of a lease that was given back, as far as the journal still tells.</summary>
    private async Task<long> LastTokenAsync(RecordKey key, CancellationToken cancellationToken) =>
        (await leases.HistoryAsync(key, 1, cancellationToken).ConfigureAwait(false)).FirstOrDefault(c => c.Kind == ChangeKind.Delete)?.Before.GetValueOrDefault("token") as long? ?? 0;

    private async Task<WriteResult> SendAsync(Write write, CancellationToken cancellationToken)
    {
        var (answer, fault) = await _sender.SendAsync(null, leases, write with { Id = Guid.CreateVersion7() }, cancellationToken).ConfigureAwait(false);
        if (answer is null)
        {
            ExceptionDispatchInfo.Throw(fault!);
        }

        return answer;
    }

    private static Guard Held(long token, DateTimeOffset? until = null) => new(until is null
        ? Patch.Of("token", token)
        : new Patch([new("token", token), new("until", until)])) { AllowSettled = false };

    private static Patch Values(Lease lease) => new(
        [new("resource", lease.Resource), new("owner", lease.Owner), new("token", lease.Token), new("until", lease.Until), new("taken_from", lease.TakenFrom)]);

    private static Lease Read(Record record) => new(
        (string)record["resource"]!, (string)record["owner"]!, (long)record["token"]!, (DateTimeOffset)record["until"]!, record["taken_from"] as string);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static void Check(string resource, string owner, TimeSpan duration)
    {
        ArgumentException.ThrowIfNullOrEmpty(resource);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
    }

    private static InvalidOperationException Unexpected(WriteResult answer) => new($"The leases table answered {answer}. Check that it has the shape of SystemTables.Leases and may be written.");
}
