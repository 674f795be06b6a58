namespace Tandem.Tables;

/// <summary>A table that can be told what a write around it stored, so that it shows it before the changes bring it.</summary>
internal interface ITakesWrites
{
    void TakeIn(WriteResult.Written written);
}
