namespace Tandem.Tables;

/// <summary>A table that can be told what a write around it stored, so that it shows it before the changes bring it.</summary>
internal interface ITakesWrites
{
    /// <summary>The table this one stands in front of.</summary>
    ITable Source { get; }

    void TakeIn(WriteResult.Written written);

    /// <summary>Waits until everything queued for the source before this call has its outcome, so that a write around the table does not overtake it.</summary>
    Task DrainAsync(CancellationToken cancellationToken);
}
