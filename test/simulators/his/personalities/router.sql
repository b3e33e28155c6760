-- One procedure for everything. What it is asked for it hands to a program of the server's machine, which answers one document as text.
IF OBJECT_ID('dbo.usp_gateway', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_gateway
GO
CREATE PROCEDURE dbo.usp_gateway
  @method varchar(40),
  @request varchar(8000)
AS
BEGIN
  SET NOCOUNT ON
  EXEC xp_gateway @method, @request
END
GO
