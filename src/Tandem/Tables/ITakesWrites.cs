namespace Tandem.Tables;

/// <summary>A table that keeps copies and wants to know at once what was written past it, before its feed tells.</summary>
internal interface ITakesWrites
{
    /// <summary>Takes in a write to this table that was committed by another way than its own <see cref="ITable.WriteAsync"/>.</summary>
    void TakeIn(WriteResult.Written written);
}
